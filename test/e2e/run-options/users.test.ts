import { test } from 'vitest'
import { everyone } from '../../support/berth.ts'
import { runOptionsAs } from './suite.ts'

const users = everyone.filter((name) => name !== 'root')
for (const name of users) runOptionsAs(name)
// oxlint-disable-next-line no-conditional-tests, no-disabled-tests -- a file needs a test, and this one says why it has none
if (users.length === 0) test.skip('users are left out by BERTH_TEST_USERS', () => {})
