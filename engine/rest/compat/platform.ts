/** `os[/architecture[/variant]]` as fields of ours. */
export function platformOf(platform: string | undefined): { OS?: string; Arch?: string; Variant?: string } {
  const [OS, Arch, Variant] = (platform ?? '').split('/')
  return { ...(OS ? { OS } : {}), ...(Arch ? { Arch } : {}), ...(Variant ? { Variant } : {}) }
}
