/**
 * The chunks of something small, joined. Ends with the first piece that goes beyond `most`, which is left out.
 * @returns the bytes, and how many there were with that piece: more than `most` says that it was too long.
 */
export async function gather(pieces: AsyncIterable<Uint8Array>, most: number): Promise<{ bytes: Buffer; size: number }> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.byteLength
    if (size > most) break
    kept.push(piece)
  }
  return { bytes: Buffer.concat(kept), size }
}
