/** What an image runs on, as `os/architecture[/variant]`; whatever is missing is left out. */
export function parsePlatform(text: string): { os?: string; arch?: string; variant?: string } {
  const [os, arch, variant] = text.split('/')
  return { ...(os ? { os } : {}), ...(arch ? { arch } : {}), ...(variant ? { variant } : {}) }
}
