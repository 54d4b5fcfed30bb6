/**
 * Items from concurrent jobs, in order of arrival: first the given ones, then what each job emits. At most `parallel` jobs run at a
 * time. The first failure of a job ends the stream with it.
 * @param onEnd runs once when the stream is over or left, before the jobs that still run are waited for.
 */
export async function* streamOf<T>(
  ready: readonly T[],
  jobs: readonly ((emit: (item: T) => void) => Promise<void>)[],
  parallel: number,
  onEnd: () => void,
): AsyncGenerator<T, void, undefined> {
  const items = [...ready]
  const queue = [...jobs]
  let wake = Promise.withResolvers<void>()
  const emit = (item: T): void => {
    items.push(item)
    wake.resolve()
  }
  let over = false
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) await job(emit)
  }
  const working = Promise.all(Array.from({ length: parallel }, worker)).finally(() => {
    over = true
    wake.resolve()
  })
  // Reported below, unless the reader has left.
  working.catch(() => {})
  try {
    for (;;) {
      yield* items.splice(0)
      if (over && items.length === 0) break
      if (items.length === 0) await wake.promise
      wake = Promise.withResolvers<void>()
      if (over) wake.resolve()
    }
    await working
  } finally {
    queue.length = 0
    onEnd()
    await working.catch(() => {})
  }
}
