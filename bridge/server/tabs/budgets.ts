import { WriterBudget } from '../../protocol/index.ts'

/** Limits of queued bytes for all pages and downloads of a server, and for those of one user. */
const totalLimit = 20 * 1024 * 1024
const userLimit = 10 * 1024 * 1024

const all = new WriterBudget(totalLimit)
const users = new Map<string, WriterBudget>()

/** The budget shared by all pages and downloads of a user. */
export function budgetOf(user: string): WriterBudget {
  const known = users.get(user)
  if (known !== undefined) return known
  const budget = new WriterBudget(userLimit, all, () => {
    if (users.get(user) === budget) users.delete(user)
  })
  users.set(user, budget)
  return budget
}
