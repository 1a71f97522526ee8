/* Integration and resting states of one model in lanes; `lanes.h` and the model's own code stand before this text.

   The model's code defines DIM states, NP constants, NQ terms of constants alone, NO observables, NLU entries of the
   factorised matrix, DIAGONAL, JROW, JCOL and JAT (the entries of the Jacobian), TIMED, and the functions `prepare`,
   `rates`, `slopes` (rates and Jacobian), `drift` (the derivatives of the rates by time), `observe`, `factorise` and
   `solve`. Arrays of the caller are blocks of LANES draws, a draw a lane. */

/* Rodas5P (Steinebach 2023): stiffly accurate, of order 5, with an embedded method of order 4 and dense output of order 4.
   In the transformed variables of Hairer and Wanner (IV.7), in which a stage costs one solution and no product. */
#define STAGES 8
static const double GAMMA = 0.21193756319429014;
static const double A[STAGES][STAGES - 1] = {
  {0}, {3.0}, {2.849394379747939, 0.45842242204463923},
  {-6.954028509809101, 2.489845061869568, -10.358996098473584},
  {2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641},
  {-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946},
  {-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1},
  {-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1, 1}};
static const double C[STAGES][STAGES - 1] = {
  {0}, {-14.155112264123755}, {-17.97296035885952, -2.859693295451294},
  {147.12150275711716, -1.41221402718213, 71.68940251302358},
  {165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306},
  {24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471},
  {30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623, -28.087943162872662},
  {37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002, -54.66780262877968,
   -9.48861652309627}};
static const double AT[STAGES] = {0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1};
static const double DRIFT[STAGES] = {0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734,
                                     2.325825639765069, 0, 0, 0};
static const double DENSE[3][STAGES] = {
  {25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
   1.1241088310450404, 0.4272876194431874, -0.17202221070155493},
  {-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
   15.98066361424651, -6.789040303419874, -6.710236069923372},
  {11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
   -59.78993625266729, -0.15582684282751913, 4.883087185713722}};

#define MOST_STEPS 20000

/* The matrix c - J, factorised */
inline void shifted(const V *jacobian, V c, V *w) {
  for (int i = 0; i < NLU; i++) w[i] = -jacobian[i];
  for (int i = 0; i < DIM; i++) w[DIAGONAL[i]] += c;
  factorise(w);
}

/* One step of length h from y at t: the stages k, and the new state in `next`; returns the error over the tolerance */
inline V advance(V t, V h, const V *y, const V *f, const V *ft, const V *jacobian, const V *q, double rtol,
                 const double *atol, V (*k)[DIM], V *next) {
  V w[NLU], b[DIM];
  const V per = 1.0 / h;
  shifted(jacobian, per * (1.0 / GAMMA), w);
  #pragma GCC unroll 8
  for (int s = 0; s < STAGES; s++) {
    if (s == 0) {
      for (int i = 0; i < DIM; i++) b[i] = f[i];
    } else {
      for (int i = 0; i < DIM; i++) {
        if (s >= 6) { next[i] += k[s - 1][i]; continue; } /* the last rows of A differ by one stage */
        V sum = y[i];
        #pragma GCC unroll 8
        for (int j = 0; j < s; j++) sum += A[s][j] * k[j][i];
        next[i] = sum;
      }
      rates(t + AT[s] * h, next, q, b);
      for (int i = 0; i < DIM; i++) {
        V sum = ALL(0.0);
        #pragma GCC unroll 8
        for (int j = 0; j < s; j++) sum += C[s][j] * k[j][i];
        b[i] += sum * per;
      }
    }
    if (TIMED && s < 5) for (int i = 0; i < DIM; i++) b[i] += h * DRIFT[s] * ft[i];
    solve(w, b, k[s]);
  }
  V sum = ALL(0.0);
  for (int i = 0; i < DIM; i++) {
    next[i] += k[STAGES - 1][i];
    const V e = k[STAGES - 1][i] / (atol[i] + rtol * MAX(ABS(y[i]), ABS(next[i])));
    sum += e * e;
  }
  return SQRT(sum / (double)(DIM > 0 ? DIM : 1));
}

/* Hand out what is due within an accepted step; `due[l]` is the number of the next time of a lane */
inline I read_off(I accepted, V t, V h, const V *y, const V *next, V (*k)[DIM], const V *q, long number,
                  const double *times, long *due, const double *least, double *seen) {
  I sound = BITS(-1);
  const V after = t + h * (1.0 + 1e-12);
  V d[3][DIM];
  int ready = 0;
  for (;;) {
    I now = BITS(0);
    V at = t + h;
    for (int l = 0; l < LANES; l++)
      if (accepted[l] && due[l] < number && times[due[l]] <= after[l]) now[l] = -1, at[l] = times[due[l]];
    if (!ANY(now)) return sound;
    if (!ready++)
      for (int i = 0; i < DIM; i++)
        for (int m = 0; m < 3; m++) {
          d[m][i] = ALL(0.0);
          for (int j = 0; j < STAGES; j++) d[m][i] += DENSE[m][j] * k[j][i];
        }
    const V share = MIN((at - t) / h, ALL(1.0)), left = 1.0 - share;
    V z[DIM], o[NO];
    for (int i = 0; i < DIM; i++) {
      z[i] = SEL(left < 1e-12, next[i], left * y[i] + share * (next[i] + left * (d[0][i] + share * (d[1][i] + share * d[2][i]))));
      sound &= ~now | (z[i] >= least[i]);
    }
    observe(at, z, q, o);
    for (int l = 0; l < LANES; l++)
      if (now[l]) {
        for (int i = 0; i < NO; i++) seen[(due[l] * NO + i) * LANES + l] = o[i][l];
        due[l]++;
      }
  }
}

static void integrate_block(V *y, const V *p, long number, const double *times, double rtol, const double *atol,
                            const double *least, double *seen, double *ok) {
  V q[NQ], f[DIM], ft[DIM], jacobian[NLU], k[STAGES][DIM], next[DIM], o[NO];
  const double start = times[0], end = times[number - 1];
  long due[LANES];
  for (int l = 0; l < LANES; l++) due[l] = 1;
  prepare(p, q);
  V t = ALL(start), last = ALL(1e-4), size = ALL(0.0);
  observe(t, y, q, o);
  memcpy(seen, o, sizeof(V) * NO);
  for (int l = 0; l < LANES; l++) ok[l] = 1.0;
  if (number < 2) return;
  rates(t, y, q, f);
  for (int i = 0; i < DIM; i++) { const V e = f[i] / (atol[i] / rtol + ABS(y[i])); size += e * e; }
  size = SQRT(size / (double)(DIM > 0 ? DIM : 1));
  /* in the first step the fastest states change by half of rtol^(1/5) of themselves */
  V h = MIN(ALL(end - start), 0.5 * pow(rtol, 0.2) / MAX(size, ALL(1e-30)));
  I live = BITS(-1), sound = BITS(-1), rejected = BITS(0);
  for (int step = 0, fresh = 1; step < MOST_STEPS && ANY(live); step++) {
    h = SEL(t + h * (1.0 + 1e-7) >= end, end - t, h);
    const V length = SEL(live, h, ALL(1e-6 * (end - start))); /* a lane that is done takes small steps nobody looks at */
    if (fresh) { slopes(t, y, q, f, jacobian); if (TIMED) drift(t, y, q, ft); }
    const V error = advance(t, length, y, f, ft, jacobian, q, rtol, atol, k, next);
    const I accepted = live & (error <= 1.0);
    sound &= read_off(accepted, t, length, y, next, k, q, number, times, due, least, seen);
    /* the step is changed by the error, and by how the error changes (Gustafsson 1991) */
    V factor = 0.9 * EXP(-0.2 * LOG(MAX(error, ALL(1e-10))));
    const V damped = factor * EXP(0.08 * LOG(MAX(last, ALL(1e-4))));
    factor = SEL(accepted, MIN(factor, damped), factor);
    factor = MIN(MAX(factor, ALL(0.2)), SEL(rejected, ALL(1.0), ALL(6.0)));
    factor = SEL(FINITE(error), factor, ALL(0.2));
    last = SEL(accepted, error, last);
    rejected = live & ~accepted;
    for (int i = 0; i < DIM; i++) y[i] = SEL(accepted, next[i], y[i]);
    const V reached = t + length;
    t = SEL(accepted, SEL(reached >= end - 1e-12 * fabs(end), ALL(end), reached), t);
    h = SEL(live, h * factor, h);
    const I stuck = live & (h < 1e-14 * (end - start));
    sound &= ~stuck;
    live &= ~stuck & sound & (t < end);
    fresh = ANY(accepted);
  }
  sound &= ~live;
  for (int l = 0; l < LANES; l++) ok[l] = sound[l] ? 1.0 : 0.0;
}

/* Rest by pseudo-transient continuation (Kelley and Keyes 1998): implicit Euler with growing steps, which ends as Newton's
   method. States that may not be negative lose nine tenths of themselves at most in one round, each for itself. */
static void rest_block(V *y, const V *p, int rounds, double settle, const double *sizes, const double *least, double *seen,
                       double *speed, double *slope, double *ok) {
  V q[NQ], f[DIM], jacobian[NLU], w[NLU], x[DIM], o[NO];
  const double longest = 1e4 * settle;
  prepare(p, q);
  V step = ALL(0.01 * settle);
  I live = BITS(-1), found = BITS(0);
  for (int round = 0; round < rounds && ANY(live); round++) {
    slopes(ALL(0.0), y, q, f, jacobian);
    shifted(jacobian, 1.0 / step, w);
    solve(w, f, x);
    V size = ALL(0.0);
    for (int i = 0; i < DIM; i++) {
      const V all = ABS(y[i]), lowest = SEL(all < 1e-15 * sizes[i], -y[i], -0.9 * y[i]);
      if (least[i] > -HUGE_VAL) x[i] = SEL(x[i] < lowest, lowest, x[i]);
      const V change = ABS(x[i]) / (all + 1e-9 * sizes[i]);
      size = SEL(change <= size, size, change);
    }
    const I lost = ~FINITE(size);
    live &= ~lost;
    for (int i = 0; i < DIM; i++) y[i] = SEL(live, y[i] + x[i], y[i]);
    const I done = live & (size < 1e-9) & (step >= longest);
    found |= done;
    live &= ~done;
    const V factor = SEL(size < 0.3, ALL(30.0), SEL(size < 1.0, ALL(5.0), SEL(size < 3.0, ALL(2.0), ALL(0.5))));
    step = MIN(MAX(step * factor, ALL(1e-6 * settle)), ALL(longest));
  }
  slopes(ALL(0.0), y, q, f, jacobian);
  observe(ALL(0.0), y, q, o);
  memcpy(speed, f, sizeof(V) * DIM);
  memcpy(seen, o, sizeof(V) * NO);
  for (int e = 0; e < NJ; e++) memcpy(slope + (long)e * LANES, &jacobian[JAT[e]], sizeof(V));
  for (int l = 0; l < LANES; l++) ok[l] = found[l] ? 1.0 : 0.0;
}

void dimensions(int *d) {
  const int all[] = {LANES, DIM, NP, NO, NJ};
  memcpy(d, all, sizeof all);
}

void entries(int *rows, int *columns) {
  memcpy(rows, JROW, sizeof(int) * NJ);
  memcpy(columns, JCOL, sizeof(int) * NJ);
}

void integrate(long blocks, double *y, const double *p, long number, const double *times, double rtol,
               const double *atol, const double *least, double *seen, double *ok) {
  for (long b = 0; b < blocks; b++)
    integrate_block((V *)y + b * DIM, (const V *)p + b * NP, number, times, rtol, atol, least,
                    seen + b * number * NO * LANES, ok + b * LANES);
}

void rest(long blocks, double *y, const double *p, int rounds, double settle, const double *sizes, const double *least,
          double *seen, double *speed, double *slope, double *ok) {
  for (long b = 0; b < blocks; b++)
    rest_block((V *)y + b * DIM, (const V *)p + b * NP, rounds, settle, sizes, least, seen + b * NO * LANES,
               speed + b * DIM * LANES, slope + b * NJ * LANES, ok + b * LANES);
}
