// What a condition does to a model, and when: the rule of osteon/schedule.py once more, for the page.
// Factors multiply; two different values set on one target at one time are an error.

export class Clash extends Error {}

/**
 * Lay out a condition in time.
 * @param expression the model, as osteon.site.expression writes it
 * @param {string[]} names ids of the interventions
 * @param {string} setting id of the setting
 * @param doses values that the reader moved, by intervention and target
 * @param {number} [until] last time; the horizon of the setting if not given
 */
export function schedule(expression, names, setting, doses = {}, until = undefined) {
  const place = expression.settings[setting];
  const end = until ?? place.horizon;
  const acting = [
    { name: `settings.${setting}`, set: place.set, scale: place.scale, start: -Infinity, end: Infinity },
    { name: `settings.${setting}.set_at_start`, set: place.set_at_start, scale: {}, start: 0, end: Infinity },
    ...names.map((name) => windowed(name, expression.interventions[name], doses[name] ?? {})),
  ];
  const first = Math.min(0, ...acting.map((acts) => acts.start).filter((time) => time > -Infinity));
  const inside = acting.flatMap((acts) => [acts.start, acts.end]).filter((time) => first < time && time < end);
  const marks = [...new Set([first, 0, end, ...inside])].sort((a, b) => a - b);
  if (end <= 0) throw new Clash("the end is not after t = 0");
  return {
    before: composed(acting.filter((acts) => acts.start === -Infinity)),
    equilibrate: place.equilibrate,
    periods: marks.slice(1).map((stop, index) => period(acting, marks[index], stop)),
  };
}

function windowed(name, bound, moved) {
  const replaced = (values) =>
    Object.fromEntries(Object.entries(values).map(([target, value]) => [target, moved[target] ?? value]));
  const { start, end } = bound;
  return { name, set: replaced(bound.set), scale: replaced(bound.scale), start: start ?? -Infinity, end: end ?? Infinity };
}

function period(acting, start, end) {
  const on = acting.filter((acts) => acts.start <= start && start < acts.end);
  return { start, end, changes: composed(on), begun: composed(on.filter((acts) => acts.start === start)) };
}

function composed(on) {
  const setters = {};
  const changes = {};
  for (const acts of on) {
    for (const [target, value] of Object.entries(acts.set)) {
      const earlier = (setters[target] ??= acts);
      if (earlier.set[target] !== value) {
        throw new Clash(
          `${earlier.name} sets ${target} to ${earlier.set[target]} and ${acts.name} sets it to ${value} at the same time`,
        );
      }
      changes[target] = { value, factor: 1 };
    }
  }
  for (const acts of on) {
    for (const [target, factor] of Object.entries(acts.scale)) {
      const change = changes[target] ?? { value: null, factor: 1 };
      changes[target] = { value: change.value, factor: change.factor * factor };
    }
  }
  return changes;
}

/** Return evenly spaced times over a schedule, as `osteon simulate` takes them, and the time of reading. */
export function times(laidOut, points, at) {
  const start = laidOut.periods[0].start;
  const end = laidOut.periods.at(-1).end;
  const even = Array.from({ length: points }, (_, index) => start + ((end - start) * index) / (points - 1));
  return [...new Set([...even, at])].filter((time) => time >= start && time <= end).sort((a, b) => a - b);
}

/** Return a value at a simulated time; nothing is interpolated. */
export function valueAt(course, observable, time) {
  const index = course.times.findIndex((known) => Math.abs(known - time) <= 1e-9 * Math.max(1, Math.abs(time)));
  return index < 0 ? NaN : course.values[observable][index];
}

/** Compare two values as `osteon predict` does: the fold change, and the word whose threshold it passes. */
export function contrast(expression, value, reference) {
  const least = expression.detection_limit;
  if (!(reference > least)) return { fold: NaN, word: "undefined" };
  if (!(value > least)) return { fold: value / reference, word: "abolished" };
  const effect = Math.log(value / reference);
  const holds = ({ low, high }) => effect >= (low ?? -Infinity) && effect <= (high ?? Infinity);
  return { fold: value / reference, word: expression.words.find(holds)?.word ?? "undefined" };
}
