/* Lanes: vectors of doubles, one draw a lane. Every operation works lane by lane and in IEEE arithmetic, so that a draw's
   numbers are the same, bit for bit, whatever its neighbours and however many lanes the processor has. */
#include <math.h>
#include <stdint.h>
#include <string.h>
#ifndef LANES
#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX2__)
#define LANES 4
#else
#define LANES 2
#endif
#endif
typedef double V __attribute__((vector_size(8 * LANES), aligned(8 * LANES)));
typedef int64_t I __attribute__((vector_size(8 * LANES), aligned(8 * LANES))); /* conditions: all bits set, or none */
#define ALL(c) ((V){} + (c))
#define BITS(c) ((I){} + (int64_t)(c))
#define inline static inline __attribute__((always_inline))

inline V SEL(I which, V yes, V no) { return (V)((which & (I)yes) | (~which & (I)no)); }
inline int ANY(I which) { int64_t any = 0; for (int l = 0; l < LANES; l++) any |= which[l]; return any != 0; }
inline V MAX(V a, V b) { return SEL(a > b, a, b); }
inline V MIN(V a, V b) { return SEL(a < b, a, b); }
inline V ABS(V x) { return (V)((I)x & BITS(0x7fffffffffffffffLL)); }
inline V SIGN(V x) { return SEL(x < 0.0, ALL(-1.0), SEL(x > 0.0, ALL(1.0), ALL(0.0))); }
inline I FINITE(V x) { return ABS(x) <= 1.7976931348623157e308; }
inline V SQRT(V x) { V r; for (int l = 0; l < LANES; l++) r[l] = sqrt(x[l]); return r; }
inline V SIN(V x) { V r; for (int l = 0; l < LANES; l++) r[l] = sin(x[l]); return r; }
inline V COS(V x) { V r; for (int l = 0; l < LANES; l++) r[l] = cos(x[l]); return r; }
inline V TANH(V x) { V r; for (int l = 0; l < LANES; l++) r[l] = tanh(x[l]); return r; }
inline V FLOOR(V x) { V r; for (int l = 0; l < LANES; l++) r[l] = floor(x[l]); return r; }
inline V CEIL(V x) { V r; for (int l = 0; l < LANES; l++) r[l] = ceil(x[l]); return r; }

#define LEAST 1e-60 /* stands for zero in logarithms and in derivatives of powers */
inline V SAFE(V x) { return SEL(ABS(x) < LEAST, ALL(LEAST), x); }

/* exp: x = k ln 2 + f, |f| <= ln 2 / 2 (Cody and Waite); the Taylor series of exp f to degree 13 */
inline V EXP(V x) {
  const I whole = x == x;
  const V c = MIN(MAX(x, ALL(-708.0)), ALL(709.0));
  const V shifted = c * 1.4426950408889634 + 6755399441055744.0, k = shifted - 6755399441055744.0;
  const V f = (c - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  V p = ALL(1.6059043836821613e-10);
  p = p * f + 2.08767569878681e-09; p = p * f + 2.505210838544172e-08; p = p * f + 2.755731922398589e-07;
  p = p * f + 2.7557319223985893e-06; p = p * f + 2.48015873015873e-05; p = p * f + 1.984126984126984e-04;
  p = p * f + 1.388888888888889e-03; p = p * f + 8.333333333333333e-03; p = p * f + 4.1666666666666664e-02;
  p = p * f + 1.6666666666666666e-01; p = p * f + 0.5; p = p * f + 1.0; p = p * f + 1.0;
  const I exponent = ((I)shifted - (I)ALL(6755399441055744.0) + 1023) << 52;
  return SEL(whole, SEL(x < -708.0, ALL(0.0), p * (V)exponent), x);
}

/* log: x = 2^k m, sqrt(1/2) < m <= sqrt 2; log m = 2 atanh((m-1)/(m+1)) by the polynomial of FreeBSD's e_log.c */
inline V LOG(V x) {
  const V c = MAX(x, ALL(LEAST));
  V m = (V)(((I)c & BITS(0x000fffffffffffffLL)) | BITS(0x3ff0000000000000LL));
  const I big = m > 1.4142135623730951;
  m = SEL(big, m * 0.5, m);
  const V k = __builtin_convertvector((((I)c >> 52) & 0x7ff) - 1023 - big, V);
  const V f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
  const V even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const V odd = z * (0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const V h = 0.5 * f * f;
  const V r = k * 6.93147180369123816490e-01 - ((h - (s * (h + (even + odd)) + k * 1.90821492927058770002e-10)) - f);
  return SEL(x < 0.0, ALL(NAN), SEL(x == x, r, x));
}

/* pow by exp and log. Below zero it is exact for whole exponents; for others, which have no value there, it is nothing,
   because what an integrator leaves of a vanished state lies on either side of zero. */
inline V POW(V x, V y) {
  V r = EXP(y * LOG(MAX(x, ALL(0.0))));
  if (__builtin_expect(ANY(x < 0.0), 0))
    for (int l = 0; l < LANES; l++)
      if (x[l] < 0.0) r[l] = y[l] == floor(y[l]) ? pow(x[l], y[l]) : 0.0;
  return SEL(x == x, r, x);
}
