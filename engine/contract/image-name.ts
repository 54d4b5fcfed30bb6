const component = '[a-z0-9]+(?:(?:[.]|__?|-+)[a-z0-9]+)*'
const host = '(?:localhost(?=/)|\\[[0-9a-fA-F:]+\\](?=[:/])|[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+(?=:))(?::[0-9]+)?/'
const grammar = new RegExp(
  `^(?:${host})?${component}(?:/${component})*(?::\\w[\\w.-]{0,127})?(?:@[A-Za-z0-9]+:[0-9a-fA-F]{32,})?$`,
)

/** Whether a text can be the name or id of an image at all, by the grammar of github.com/distribution/reference. */
export function isImageName(text: string): boolean {
  return text.startsWith('sha256:') ? /^sha256:[0-9a-f]{64}$/.test(text) : text.length < 1024 && grammar.test(text)
}
