/** JSON with the indentation that podman uses in a place, and Go's escaping of `<`, `>` and `&` where it has it. */
export function goJson(value: unknown, indent: number | string, escapeHtml = false): string {
  const text = JSON.stringify(value, null, indent) ?? 'null'
  return escapeHtml ? text.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`) : text
}
