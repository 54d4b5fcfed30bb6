import { test } from 'vitest'
import { everyone } from '../../support/berth.ts'
import { killsAs } from './suite.ts'

// oxlint-disable-next-line no-conditional-tests -- a file needs a test, and this one says why it has none
if (everyone.includes('root')) killsAs('root')
// oxlint-disable-next-line no-disabled-tests -- as above
else test.skip('root is left out by BERTH_TEST_USERS', () => {})
