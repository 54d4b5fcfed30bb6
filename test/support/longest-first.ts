import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

/** Files that take longer than most, the longest first; `npm test` names the slowest at its end. */
const longest = [
  'run-options/root.test.ts',
  'run-options/users.test.ts',
  'kills/users.test.ts',
  'kills/root.test.ts',
  'e2e/mounts.test.ts',
  'e2e/robust.test.ts',
  'e2e/containers.test.ts',
  'browser/appearance.test.ts',
]

/** Begins with the files that take longest, so that none of them runs alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(name))
      return found === -1 ? longest.length : found
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
