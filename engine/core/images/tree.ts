import type { ImageRecord } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { currentImages, type ImageSet } from './resolve/current.ts'
import { findInstance } from '../manifests/instance.ts'
import { namesOnTop } from './layers.ts'
import { tagNames } from './resolve/names.ts'

interface Branch {
  text: string
  below: Branch[]
}

/** The layers of an image, lowest first; with `whatrequires` its topmost layer and all that lies on it. Drawn as podman does. */
export const tree: Verb<'image.tree'> = async (context, { name, whatrequires }) => {
  const { record } = findInstance(context, name)
  const set = await currentImages(context)
  const { chain } = record.facts
  const top = chain.at(-1)
  const branches =
    whatrequires && top !== undefined
      ? [layerBranch(set, top), ...branchesAbove(set, top)]
      : chain.map((chainId) => layerBranch(set, chainId))
  return { Tree: `${head(set, record)}Image Layers\n${draw(branches, '')}` }
}

function head(set: ImageSet, { id, size }: ImageRecord): string {
  const names = tagNames(set.names(id))
  return `Image ID: ${id.slice(0, 12)}\nTags:     [${names.join(' ')}]\nSize:     ${decimalSize(size)}\n`
}

function layerBranch(set: ImageSet, chainId: string): Branch {
  const names = namesOnTop(set, chainId)
  const tops = names.length > 0 ? ` Top Layer of: [${names.join(' ')}]` : ''
  return { text: `ID: ${chainId.slice(0, 12)} Size: ${decimalSize(set.layerSize(chainId)).padStart(7)}${tops}`, below: [] }
}

function branchesAbove(set: ImageSet, top: string): Branch[] {
  const above = new Map<string, Set<string>>()
  for (const { facts } of set.records) {
    const at = facts.chain.indexOf(top)
    if (at < 0) continue
    for (const [i, chainId] of facts.chain.entries()) {
      if (i <= at) continue
      const below = facts.chain[i - 1]!
      above.set(below, (above.get(below) ?? new Set()).add(chainId))
    }
  }
  const branches = (chainId: string): Branch[] =>
    [...(above.get(chainId) ?? [])].map((each) => ({ ...layerBranch(set, each), below: branches(each) }))
  return branches(top)
}

function draw(branches: readonly Branch[], indent: string): string {
  return branches
    .map(({ text, below }, i) => {
      const last = i === branches.length - 1
      return `${indent}${last ? '└──' : '├──'} ${text}\n${draw(below, `${indent}${last ? '    ' : '│   '}`)}`
    })
    .join('')
}

const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** A size with four significant digits. */
function decimalSize(bytes: number): string {
  let unit = 0
  let value = bytes
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000
  return `${Number(value.toPrecision(4))}${units[unit]}`
}
