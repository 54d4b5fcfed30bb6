import { type ComponentType, lazy, type LazyExoticComponent } from 'react'

/** A component that is loaded when it is rendered for the first time, or by `load` before. */
// oxlint-disable-next-line no-explicit-any -- as React has it: properties of any kind
export const lazily = <N extends string, C extends ComponentType<any>>(
  load: () => Promise<Record<N, C>>,
  name: N,
): LazyExoticComponent<C> => lazy(async () => ({ default: (await load())[name] }))
