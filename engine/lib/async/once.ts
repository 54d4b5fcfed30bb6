/** One value as a stream of it: bytes at hand, where a body is wanted. */
export async function* once<T>(value: T): AsyncGenerator<T, void, undefined> {
  yield value
}
