/** A device's numbers, of the `rdev` of stat(2), as glibc packs them (sys/sysmacros.h). */
export function deviceNumbers(rdev: number | bigint): { major: number; minor: number } {
  const number = BigInt(rdev)
  return {
    major: Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn)),
    minor: Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n)),
  }
}
