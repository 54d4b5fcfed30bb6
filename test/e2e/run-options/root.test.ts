import { expect, test } from 'vitest'
import { run } from '../../../engine/cli/commands/container/run.ts'
import { everyone } from '../../support/berth.ts'
import { commandEffects } from './commands.ts'
import { effects, refused } from './effects.ts'
import { runOptionsAs } from './suite.ts'
import { heldOptions } from './table.ts'

test('every option of run is in a table, and nothing else', () => {
  const told = [heldOptions, effects, refused, commandEffects].flatMap((table) => Object.keys(table))
  expect([...new Set(told)].toSorted()).toEqual(Object.keys(run.flags).toSorted())
})

if (everyone.includes('root')) runOptionsAs('root')
