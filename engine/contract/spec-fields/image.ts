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
    'rootfs_overlay: rootfs',
    'rootfs_mapping: rootfs',
  ),
  ...refused('leave it out', 'rootfs_propagation', 'storage_opts'),
}
