/** Maximum bytes held in memory, in browsers without a file picker. */
export const largestInMemory = 1024 ** 3

interface FileHandle {
  createWritable(): Promise<WritableStream<Uint8Array> & { abort(): Promise<void> }>
}
type Picker = (options: { suggestedName: string }) => Promise<FileHandle>

/** Starts a download by the browser itself. */
export function clickDownload(url: string, fileName: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
}

/** How a stream can be saved without a URL: to a file that the user picks, or through memory. */
export const saveTarget = (): 'file' | 'memory' => ('showSaveFilePicker' in window ? 'file' : 'memory')

/**
 * Saves a stream: to a file that the user picks, or through memory, up to {@link largestInMemory}.
 * `onProgress` gets the bytes so far. A partial file is discarded on failure.
 */
export async function saveStream(
  open: () => Promise<AsyncIterable<Uint8Array>>,
  fileName: string,
  onProgress: (bytes: number) => void,
  tooLarge: () => Error,
): Promise<void> {
  const picker = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker
  if (picker) return saveToFile(await (await picker({ suggestedName: fileName })).createWritable(), await open(), onProgress)
  const pieces: BlobPart[] = []
  let bytes = 0
  for await (const piece of await open()) {
    bytes += piece.length
    if (bytes > largestInMemory) throw tooLarge()
    pieces.push(new Uint8Array(piece))
    onProgress(bytes)
  }
  const url = URL.createObjectURL(new Blob(pieces, { type: 'application/x-tar' }))
  clickDownload(url, fileName)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

async function saveToFile(
  file: WritableStream<Uint8Array> & { abort(): Promise<void> },
  source: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const writer = file.getWriter()
  let bytes = 0
  try {
    for await (const piece of source) {
      await writer.ready
      await writer.write(piece)
      onProgress((bytes += piece.length))
    }
    await writer.close()
  } catch (error) {
    await writer.abort().catch(() => {})
    throw error
  }
}
