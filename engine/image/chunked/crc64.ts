/** x^4 + x^3 + x + 1, which x^64 is; the lowest power is the highest bit. Only the upper half of 64 bits is set. */
const polynomial = 0xd8000000

/** What the four lowest bits add when they leave at the lower end, by their value: the upper half. */
const leaving = Int32Array.from({ length: 16 }, (_, bits) => {
  const times = (power: number): number => polynomial >>> power
  let upper = 0
  if (bits & 8) upper ^= times(0)
  if (bits & 4) upper ^= times(0) ^ times(1)
  if (bits & 2) upper ^= times(1) ^ times(2)
  if (bits & 1) upper ^= times(0) ^ times(2) ^ times(3)
  return upper
})

/** A running CRC-64 as Go's hash/crc64 has it with its table ISO (ISO 3309), which tar-split keeps of each file. */
export class Crc64 {
  #lower = -1
  #upper = -1

  update(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const whole = bytes.byteLength & ~7
    let lower = this.#lower
    let upper = this.#upper
    // Eight bytes at once are a product with x^64, and that has only four terms: no tables of 64-bit numbers are needed.
    for (let i = 0; i < whole; i += 8) {
      const a = lower ^ view.getInt32(i, true)
      const b = upper ^ view.getInt32(i + 4, true)
      lower = a ^ ((a >>> 1) | (b << 31)) ^ ((a >>> 3) | (b << 29)) ^ ((a >>> 4) | (b << 28))
      upper = b ^ (b >>> 1) ^ (b >>> 3) ^ (b >>> 4) ^ leaving[a & 15]!
    }
    for (let i = whole; i < bytes.byteLength; i++) {
      lower ^= bytes[i]!
      for (let bit = 0; bit < 8; bit++) {
        const low = lower & 1
        lower = (lower >>> 1) | (upper << 31)
        upper = (upper >>> 1) ^ (low === 1 ? polynomial : 0)
      }
    }
    this.#lower = lower
    this.#upper = upper
  }

  /** The eight bytes, highest first. */
  digest(): Buffer {
    const sum = Buffer.alloc(8)
    sum.writeInt32BE(~this.#upper, 0)
    sum.writeInt32BE(~this.#lower, 4)
    return sum
  }
}
