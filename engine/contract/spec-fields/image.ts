import { done, refused, type SpecFields } from './state.ts'

/** What a container is made from. */
export const imageFields: SpecFields = {
  ...done(
    'image',
    'rootfs: rootfs',
    'image_os: os platform',
    'image_arch: arch platform',
    'image_variant: variant platform',
    'image_volume_mode: image-volume',
    'raw_image_name',
  ),
  ...refused('mount a copy of the folder instead', 'rootfs_overlay'),
  ...refused('leave it out', 'rootfs_mapping', 'rootfs_propagation', 'storage_opts'),
}
