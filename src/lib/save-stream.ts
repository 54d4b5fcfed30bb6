/** Bytes that are held in memory at most, where a browser has no other way to save. */
export const largestInMemory = 1024 ** 3

interface FileHandle {
  createWritable(): Promise<WritableStream<Uint8Array> & { abort(): Promise<void> }>
}
type Picker = (options: { suggestedName: string }) => Promise<FileHandle>

/** Lets the browser save what is at an address, with its own list of downloads. */
export function clickDownload(url: string, fileName: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
}

/** Which way there is, where the browser cannot take the stream by its address. */
export const streamWay = (): 'file' | 'memory' => ('showSaveFilePicker' in window ? 'file' : 'memory')

/**
 * Saves a stream as a file: piece by piece into one that is asked for, or from memory, up to {@link largestInMemory}.
 * `tell` is told the bytes so far. What was written of a stream that fails is thrown away.
 */
export async function saveStream(
  open: () => Promise<AsyncIterable<Uint8Array>>,
  fileName: string,
  tell: (bytes: number) => void,
  tooLarge: () => Error,
): Promise<void> {
  const picker = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker
  if (picker) return saveToFile(await (await picker({ suggestedName: fileName })).createWritable(), await open(), tell)
  const pieces: BlobPart[] = []
  let bytes = 0
  for await (const piece of await open()) {
    bytes += piece.length
    if (bytes > largestInMemory) throw tooLarge()
    pieces.push(new Uint8Array(piece))
    tell(bytes)
  }
  const url = URL.createObjectURL(new Blob(pieces, { type: 'application/x-tar' }))
  clickDownload(url, fileName)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

async function saveToFile(
  file: WritableStream<Uint8Array> & { abort(): Promise<void> },
  source: AsyncIterable<Uint8Array>,
  tell: (bytes: number) => void,
): Promise<void> {
  const writer = file.getWriter()
  let bytes = 0
  try {
    for await (const piece of source) {
      await writer.ready
      await writer.write(piece)
      tell((bytes += piece.length))
    }
    await writer.close()
  } catch (error) {
    await writer.abort().catch(() => {})
    throw error
  }
}
