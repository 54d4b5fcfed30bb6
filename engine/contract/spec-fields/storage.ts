import { done, refused, type SpecFields } from './state.ts'

/** Folders, volumes and devices of a container. */
export const storageFields: SpecFields = {
  ...done(
    'mounts: volume mount tmpfs',
    'volumes: volume mount',
    'overlay_volumes: volume',
    'devices: device',
    'devices.path',
    'shm_size: shm-size',
  ),
  ...refused('files of artifacts are not mounted yet; extract them (artifact extract) and mount the folder', 'artifact_volumes'),
  ...refused(
    'a device is given by its path alone (--device HOST[:CONTAINER][:rwm])',
    'devices.type',
    'devices.major',
    'devices.minor',
    'devices.fileMode',
    'devices.uid',
    'devices.gid',
  ),
  ...done(
    'image_volumes: mount',
    'image_volumes.Source',
    'image_volumes.Destination',
    'image_volumes.ReadWrite',
    'image_volumes.subPath',
    'volumes_from: volumes-from',
  ),
  ...refused('name each device with --device', 'device_cgroup_rule', 'devices_from', 'host_device_list'),
  ...refused('leave it out', 'shm_size_systemd'),
}
