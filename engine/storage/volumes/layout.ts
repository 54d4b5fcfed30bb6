/** The folder of a volume's files, in the store at `root`. The engine's own files lie beside it. */
export function volumeData(root: string, name: string): string {
  return `${root}/volumes/${name}/_data`
}
