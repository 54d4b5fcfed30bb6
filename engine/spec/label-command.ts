import { wordsOf } from './words.ts'

/** What stands for something in a command of an image's label (podman-container-runlabel(1)). */
export interface LabelVariables {
  image: string
  name: string
  /** The rest, PWD among them. */
  environment: Readonly<Record<string, string | undefined>>
}

/** The name that a container of an image gets where none is given: the last part of the image's. */
export function nameOfImage(image: string): string {
  return image.replace(/^.*\//, '').replace(/[:@].*$/, '')
}

/** The words of a label's command, with its variables replaced; a word of nothing else that is empty is left out. */
export function labelWords(label: string, { image, name, environment }: LabelVariables): string[] {
  const values: Record<string, string | undefined> = { ...environment, IMAGE: image, NAME: name }
  const own = { IMAGE: image, NAME: name }
  return wordsOf(label)
    .map((word) =>
      word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) => values[braced ?? plain ?? ''] ?? ''),
    )
    .map((word) =>
      word.replace(
        /^(.*=)?(IMAGE|NAME)$/s,
        (_, before: string | undefined, key: 'IMAGE' | 'NAME') => `${before ?? ''}${own[key]}`,
      ),
    )
    .filter((word) => word !== '')
}
