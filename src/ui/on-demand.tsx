import { type ComponentType, lazy, useState } from 'react'

import { reloadForParts } from './reload-for-parts.ts'

/** A part of the page that is a file of the build of its own. */
export interface OnDemand<M> {
  /** Loads it, so that its components are rendered at once. */
  load(): Promise<M>
  /** One of its components, which loads it if need be. */
  component<N extends keyof M & string>(name: N): M[N]
}

/** A part that is loaded when one of its components is rendered for the first time, or by {@link OnDemand.load} before. */
// oxlint-disable-next-line no-explicit-any -- as React has it: properties of any kind
export function onDemand<M extends Record<string, any>>(read: () => Promise<M>): OnDemand<M> {
  let loaded: M | undefined
  const load = async () => (loaded = await read())
  return {
    load,
    component<N extends keyof M & string>(name: N) {
      // oxlint-disable-next-line no-explicit-any -- whatever its component takes
      const Later: ComponentType<any> = lazy(async () => ({ default: (await load().catch(reloadForParts))[name] }))
      function OnDemandComponent(properties: object) {
        // What is here needs no placeholder, which React would show for 300 ms. One that is rendered stays the same.
        const [Component] = useState<ComponentType<object>>(() => (loaded?.[name] as ComponentType<object> | undefined) ?? Later)
        return <Component {...properties} />
      }
      return OnDemandComponent as unknown as M[N]
    },
  }
}
