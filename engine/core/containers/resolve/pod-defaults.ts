import path from 'node:path'

import type { ContainerSpec, PodSpec } from '../../../contract/index.ts'
import { parseSecurity } from '../../../spec/security-option.ts'

/** What a pod says for each of its containers, under the names of a container's request. */
export function memberDefaults(pod: PodSpec): ContainerSpec {
  const { seccomp_profile_path, apparmor_profile, selinux_opts } = parseSecurity(pod.security_opt ?? [])
  return {
    mounts: pod.mounts,
    volumes: pod.volumes,
    overlay_volumes: pod.overlay_volumes,
    image_volumes: pod.image_volumes,
    volumes_from: pod.volumes_from,
    devices: (pod.pod_devices ?? []).map((device) => ({ path: device })),
    seccomp_profile_path,
    apparmor_profile,
    selinux_opts,
    shm_size_systemd: pod.shm_size_systemd,
    ...(pod.netns?.nsmode === 'host' ? namesOf(pod) : {}),
    use_image_hosts: pod.no_manage_hosts,
    use_image_resolve_conf: pod.no_manage_resolv_conf,
    use_image_hostname: pod.no_manage_hostname,
  }
}

/** In the host's network nothing holds the files that the others share. */
function namesOf(pod: PodSpec): ContainerSpec {
  return {
    hostadd: pod.hostadd,
    base_hosts_file: pod.hosts_file,
    dns_server: pod.dns_server,
    dns_search: pod.dns_search,
    dns_option: pod.dns_option,
  }
}

/** A member's request with what its pod gives all of them. Its own counts: of mounts at the same place, of a value it names. */
export function withPodDefaults(spec: ContainerSpec, pod: PodSpec): ContainerSpec {
  const given = memberDefaults(pod)
  const free = placesLeft(spec)
  const lists = {
    mounts: joined(
      (given.mounts ?? []).filter(({ destination }) => free(destination)),
      spec.mounts,
    ),
    overlay_volumes: joined(
      (given.overlay_volumes ?? []).filter(({ destination }) => free(destination)),
      spec.overlay_volumes,
    ),
    volumes: joined(
      (given.volumes ?? []).filter(({ Dest }) => free(Dest)),
      spec.volumes,
    ),
    image_volumes: joined(
      (given.image_volumes ?? []).filter(({ Destination }) => free(Destination)),
      spec.image_volumes,
    ),
    volumes_from: joined(
      missing(given.volumes_from, spec.volumes_from, (name) => name),
      spec.volumes_from,
    ),
    devices: joined(
      missing(given.devices, spec.devices, ({ path: device }) => device),
      spec.devices,
    ),
  }
  const { mounts: _mounts, overlay_volumes: _overlays, volumes: _volumes, image_volumes: _images, ...values } = given
  const { volumes_from: _from, devices: _devices, ...single } = values
  const own = new Set(Object.entries(spec).flatMap(([name, value]) => (value === undefined || value === null ? [] : [name])))
  return {
    ...spec,
    ...defined(Object.fromEntries(Object.entries(single).filter(([name]) => !own.has(name)))),
    ...defined(lists),
  }
}

const plain = (place: string): string => path.posix.resolve('/', place)

/** Whether nothing of the member's own is mounted at a place. */
function placesLeft(spec: ContainerSpec): (place: string) => boolean {
  const taken = new Set(
    [
      ...(spec.mounts ?? []).map(({ destination }) => destination),
      ...(spec.overlay_volumes ?? []).map(({ destination }) => destination),
      ...(spec.volumes ?? []).map(({ Dest }) => Dest),
      ...(spec.image_volumes ?? []).map(({ Destination }) => Destination),
    ].map(plain),
  )
  return (place) => !taken.has(plain(place))
}

/** The pod's before the member's; undefined if the pod has none. */
function joined<T>(ofPod: readonly T[], own: readonly T[] | null | undefined): T[] | undefined {
  return ofPod.length === 0 ? undefined : [...ofPod, ...(own ?? [])]
}

function missing<T>(ofPod: readonly T[] | null | undefined, own: readonly T[] | null | undefined, key: (item: T) => string): T[] {
  const there = new Set((own ?? []).map(key))
  return (ofPod ?? []).filter((item) => !there.has(key(item)))
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== false),
  ) as T
}
