import type { OnDamaged } from '../store/index.ts'
import type { Context } from './context.ts'

const warned = new WeakMap<Context, Set<string>>()

/** For lists: an unreadable record gives one warning as long as the store is open, and the others are shown. */
export function warnOfDamage(context: Context): OnDamaged {
  return (failure) => {
    const known = warned.get(context) ?? new Set()
    warned.set(context, known)
    if (known.has(failure.message)) return
    known.add(failure.message)
    context.log.warn(failure.message)
  }
}
