/**
 * Bytes in memory that nothing else reads. It is given back by {@link freeBytes} rather than by a collection of all garbage, which a
 * megabyte of them after the other would cause again and again.
 */
const owned = new WeakSet<ArrayBufferLike>()

/** Smaller ones may share their memory with others, and are not worth it. */
const smallest = 8 * 1024

/** Declares that nobody else reads `bytes`. Without effect where they are a part of larger memory. */
export function ownBytes(bytes: Uint8Array): void {
  if (bytes.byteLength > smallest && bytes.byteLength === bytes.buffer.byteLength) owned.add(bytes.buffer)
}

/** Gives the memory of `bytes` back, if it is owned: they, and all views of it, are empty then. */
export function freeBytes({ buffer }: Uint8Array): void {
  if (owned.delete(buffer) && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
