/** Whether a text is an IP address: four numbers, or hexadecimal groups, neither with a zone. */
export function isAddress(text: string): boolean {
  return isAddress4(text) || isAddress6(text)
}

function isAddress4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

function isAddress6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const parts = halves.map((half) => (half === '' ? [] : half.split(':')))
  const all = parts.flat()
  const last = all.at(-1) ?? ''
  const short = last.includes('.') && parts.at(-1)!.length > 0
  if (short && !isAddress4(last)) return false
  const groups = short ? all.slice(0, -1) : all
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false
  const length = groups.length + (short ? 2 : 0)
  return halves.length === 2 ? length < 8 : length === 8
}
