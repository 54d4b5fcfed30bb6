/** Four or five round values from 0 to at least `highest`, for an axis. `binary`: round in powers of 1024. */
export function niceTicks(highest: number, binary = false): number[] {
  const base = binary ? 1024 ** Math.max(0, Math.floor(Math.log(Math.max(highest, 1)) / Math.log(1024))) : 1
  const step = niceStep(Math.max(highest / base, Number.EPSILON) / 4, binary) * base
  const count = Math.max(1, Math.ceil(highest / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

const decimal = [1, 2, 2.5, 5, 10]
const powers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

function niceStep(least: number, binary: boolean): number {
  if (binary && least >= 1) return powers.find((each) => each >= least) ?? 1024
  const size = 10 ** Math.floor(Math.log10(least))
  return decimal.find((each) => each * size >= least * (1 - 1e-9))! * size
}
