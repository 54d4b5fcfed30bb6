import type { ContainerSpec } from '../../../contract/index.ts'

/** Whether a request asks for a user namespace of the container's own. */
export function mapsIds({ userns, idmappings }: Pick<ContainerSpec, 'userns' | 'idmappings'>): boolean {
  const { UIDMap, GIDMap, AutoUserNs } = idmappings ?? {}
  return (
    !['', 'default', 'host'].includes(userns?.nsmode ?? '') || [UIDMap, GIDMap].some((map) => map?.length) || AutoUserNs === true
  )
}
