import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'
import type { OciMount } from '../spec/oci.ts'

/** Bytes of all that one container gets. */
const largestContent = 16 * 1024 * 1024

/** What of the host's every container gets, such as its subscriptions to a distribution: containers-mounts.conf(5). */
export interface Subscription {
  source: string
  destination: string
}

/** Lines of `SOURCE:DESTINATION`, or of one path that is both. @throws EngineError `InvalidArgument` */
export async function readMountsConf(files: readonly string[]): Promise<Subscription[]> {
  const found = new Map<string, Subscription>()
  for (const file of files) {
    const text = (await readBounded(file, 1024 * 1024)) ?? ''
    for (const line of text.split('\n').map((each) => each.trim())) {
      if (line === '' || line.startsWith('#')) continue
      const [source = '', destination = source] = line.split(':')
      if (!path.isAbsolute(source) || !path.isAbsolute(destination))
        throw new EngineError(
          'InvalidArgument',
          `${file} has the line ${JSON.stringify(line)}, which is not SOURCE:DESTINATION.`,
          {
            details: { file },
          },
        )
      if (!found.has(destination)) found.set(destination, { source, destination })
    }
  }
  return [...found.values()]
}

/**
 * Copies what is there into `folder`, so that the container's changes are its own.
 *
 * @param skip told of what is missing or cannot be read.
 * @returns mounts of the copies.
 */
export function copySubscriptions(
  subscriptions: readonly Subscription[],
  folder: string,
  skip: (source: string, reason: string) => void,
): OciMount[] {
  const budget = { left: largestContent }
  return subscriptions.flatMap(({ source, destination }) => {
    const copy = path.join(folder, destination)
    try {
      mkdirSync(path.dirname(copy), { recursive: true, mode: 0o755 })
      copyInto(source, copy, budget)
    } catch (error) {
      skip(source, (error as Error).message)
      return []
    }
    return [{ destination, type: 'bind', source: copy, options: ['bind', 'rprivate'] }]
  })
}

/** Links are followed at the top alone, where the administrator named them. */
function copyInto(source: string, target: string, budget: { left: number }, top = true): void {
  const found = top ? statSync(source) : lstatSync(source)
  if (found.isDirectory()) {
    mkdirSync(target, { recursive: true, mode: found.mode & 0o777 })
    for (const name of readdirSync(source)) copyInto(path.join(source, name), path.join(target, name), budget, false)
  } else if (found.isFile()) {
    budget.left -= found.size
    if (budget.left < 0) throw new EngineError('TooLarge', `more than ${largestContent} bytes`, { details: { path: source } })
    writeFileSync(target, readFileSync(source), { mode: found.mode & 0o777 })
  } else if (found.isSymbolicLink() && statSync(source, { throwIfNoEntry: false })?.isFile()) {
    copyInto(source, target, budget)
  }
}
