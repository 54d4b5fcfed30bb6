import type { ErrorCode, ErrorDetails } from '../../engine/errors/index.ts'
import { _, format } from './gettext.ts'

/**
 * Failures whose message is the runtime's, the monitor's or another program's, or podman's for its clients: a person reads the
 * sentence of the table instead. The others' messages name the object and the way out, and are shown as they are in English.
 */
export const foreignWording: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ContainerNotFound',
  'ContainerDependency',
  'HealthcheckMissing',
  'ContainerStateInvalid',
  'ContainerAlreadyStarted',
  'ContainerAlreadyStopped',
  'ContainerExists',
  'ContainerInUse',
  'PodNotFound',
  'PodExists',
  'PodStateInvalid',
  'ExecNotFound',
  'ExecStateInvalid',
  'CommandNotFound',
  'CommandNotExecutable',
  'RuntimeFailed',
  'MonitorFailed',
  'ImageNotFound',
  'ImageInUse',
  'LoginNotFound',
  'VolumeNotFound',
  'VolumeExists',
  'VolumeInUse',
  'SecretNotFound',
  'SecretExists',
  'NetworkNotFound',
  'NetworkExists',
  'NetworkInUse',
  'NetworkFailed',
  'CheckpointFailed',
  'MountSourceNotFound',
  'ProgramFailed',
  'Internal',
])

type Sentence = (details: ErrorDetails) => string

/** A sentence with a value of the details, or another one where that is missing. */
const naming =
  (key: string, named: () => string, otherwise: () => string): Sentence =>
  (details) => {
    const value = details[key]
    return (typeof value === 'string' && value !== '') || typeof value === 'number'
      ? format(named(), { [key]: value })
      : otherwise()
  }

/** What happened and what to do, by the code of the failure. */
export const sentences: Partial<Record<ErrorCode, Sentence>> = {
  InvalidArgument: () => _('A value is missing or cannot be used.'),
  UnknownField: () => _('The engine does not know a field of this request.'),
  TooLarge: () => _('The data is larger than what is allowed.'),
  NotSupported: () => _('The engine or this host does not support this.'),
  AccessDenied: () => _('You do not have permission to do this.'),
  ContainerNotFound: () => _('The container no longer exists.'),
  ContainerExists: naming(
    'name',
    () => _('The name {name} is already in use by another container. Choose another name, or remove that container.'),
    () => _('The name is already in use by another container. Choose another name, or remove that container.'),
  ),
  ContainerStateInvalid: () => _('This is not possible in the present state of the container.'),
  ContainerAlreadyStarted: () => _('The container is already running.'),
  ContainerAlreadyStopped: () => _('The container is already stopped.'),
  ContainerInUse: () => _('The container is running, or another container depends on it. Stop it first, or force the removal.'),
  HealthcheckMissing: () => _('This container has no health check.'),
  ContainerDependency: ({ dependents, pod }) =>
    dependents !== undefined
      ? _('Other containers need this one. Remove them first.')
      : pod !== undefined
        ? _('This is the infra container of a pod. Remove the pod instead.')
        : _('Another container that this one needs is not running.'),
  PodNotFound: () => _('The pod no longer exists.'),
  PodExists: () => _('A pod with this name already exists.'),
  PodStateInvalid: () => _('This is not possible in the present state of the pod.'),
  PodHasContainers: () => _('The pod still has containers. Remove them first, or force the removal.'),
  NameInvalid: () =>
    _('The name cannot be used: names begin with a letter or digit, and go on with letters, digits, _, . and -.'),
  NameInUse: naming(
    'name',
    () => _('The name {name} is already in use. Choose another name.'),
    () => _('The name is already in use. Choose another name.'),
  ),
  ExecNotFound: () => _('The command has ended.'),
  ExecStateInvalid: () => _('The command has ended, or its container is not running.'),
  CommandNotFound: naming(
    'command',
    () => _('The image has no program {command}. Check the command and the entrypoint.'),
    () => _('The program to run does not exist in the image. Check the command and the entrypoint.'),
  ),
  CommandNotExecutable: naming(
    'command',
    () => _('The program {command} in the image cannot be executed. Check its permissions, or use another command.'),
    () => _('The program to run cannot be executed. Check its permissions, or use another command.'),
  ),
  RootfsInvalid: () => _('A file in the image cannot be used. Use another image.'),
  ProcessNotFound: naming(
    'pid',
    () => _('The process {pid} has already ended.'),
    () => _('The process has already ended.'),
  ),
  PathNotFound: naming(
    'path',
    () => _('The container has no file or folder {path}.'),
    () => _('The container has no such file or folder.'),
  ),
  WaitTimeout: () => _('The operation timed out.'),
  MountSourceNotFound: naming(
    'source',
    () => _('The path {source} that is to be mounted does not exist on the host.'),
    () => _('A path that is to be mounted does not exist on the host.'),
  ),
  StopTimeout: () =>
    _('The container did not end after SIGKILL: its process hangs in the kernel. Try again when its disk or network answers.'),
  ImageNotFound: naming(
    'name',
    () => _('The image {name} is not on this host. Pull it first.'),
    () => _('The image is not on this host. Pull it first.'),
  ),
  ImageInUse: ({ names }) =>
    names === undefined
      ? _('A container uses the image. Remove the container first, or force the removal.')
      : _('The image has several names. Remove them one by one, or force the removal.'),
  ImageExists: () => _('An image with this name already exists.'),
  SignatureRejected: () => _('The signature policy of this host rejects the image.'),
  SignatureInvalid: () => _('The signature of the image is not valid.'),
  PolicyInvalid: () => _('The signature policy (policy.json) cannot be read. No image is accepted until it is repaired.'),
  LoginNotFound: () => _('There is no login for this registry.'),
  CredentialHelperFailed: () => _('The credential helper failed.'),
  ImageReferenceInvalid: () => _('This is not an image name.'),
  ImageNameUnqualified: () =>
    _('The image name has no registry, and no registries to search are configured. Enter the full name.'),
  ImageUnknown: naming(
    'registry',
    () => _('The registry {registry} has no such image or tag, or requires a login to show it.'),
    () => _('The registry has no such image or tag, or requires a login to show it.'),
  ),
  ImagePlatformMissing: () => _('The image is not available for the platform of this host.'),
  RegistryUnreachable: naming(
    'registry',
    () => _('The registry {registry} does not answer.'),
    () => _('The registry does not answer.'),
  ),
  RegistryCertificate: naming(
    'registry',
    () => _('The certificate of the registry {registry} is not trusted.'),
    () => _('The certificate of the registry is not trusted.'),
  ),
  RegistryUnauthorized: naming(
    'registry',
    () => _('The registry {registry} requires a login, or another one.'),
    () => _('The registry requires a login, or another one.'),
  ),
  RegistryBlocked: () => _('The configuration of this host (registries.conf) blocks this registry.'),
  RegistryProtocol: () => _('The registry sent an unexpected answer.'),
  RegistryThrottled: naming(
    'registry',
    () => _('The registry {registry} allows no more requests for now. Try again later, or log in.'),
    () => _('The registry allows no more requests for now. Try again later, or log in.'),
  ),
  ManifestInvalid: () => _('The manifest or configuration of the image is not valid.'),
  DigestMismatch: () => _('The data does not match its digest. Nothing was kept; try again.'),
  SizeMismatch: () => _('The data does not have the announced size. Nothing was kept; try again.'),
  LayerInvalid: () => _('A layer of the image is damaged. Nothing was kept.'),
  ArchiveInvalid: () => _('The archive is damaged, or of an unknown kind.'),
  LayerNotFound: () => _('A layer of the image is missing. Run "berth system check --repair" on the host.'),
  LayerInUse: () => _('A layer is still in use.'),
  StoreReadOnly: () => _('The image is in a read-only store.'),
  VolumeNotFound: () => _('The volume no longer exists.'),
  VolumeExists: () => _('A volume with this name already exists.'),
  VolumeInUse: () => _('A container uses the volume.'),
  SecretNotFound: () => _('The secret no longer exists.'),
  SecretExists: () => _('A secret with this name already exists.'),
  SecretDriverFailed: () => _('The value of the secret could not be stored or read.'),
  NetworkNotFound: ({ container }) =>
    container === undefined ? _('The network no longer exists.') : _('The container is not connected to this network.'),
  NetworkExists: () => _('A network with this name already exists.'),
  NetworkInUse: () => _('A container uses the network.'),
  NetworkFailed: () => _('The network of the container could not be set up.'),
  PortInUse: naming(
    'port',
    () => _('The port {port} is already in use on the host. Choose another one.'),
    () => _('A port is already in use on the host. Choose another one.'),
  ),
  AddressExhausted: () => _('The network has no free address.'),
  ProgramMissing: naming(
    'program',
    () => _('The program {program} is not installed on the host.'),
    () => _('A program that is needed is not installed on the host.'),
  ),
  ProgramFailed: naming(
    'program',
    () => _('The program {program} failed.'),
    () => _('A program on the host failed.'),
  ),
  RuntimeFailed: naming(
    'runtime',
    () => _('The runtime {runtime} could not do this.'),
    () => _('The runtime could not do this.'),
  ),
  MonitorFailed: () => _('The monitor of the container (conmon) failed.'),
  CheckpointFailed: () => _('CRIU could not save or restore the processes of the container.'),
  CheckpointNeedsRoot: () => _('Checkpoint and restore require root.'),
  CheckpointInvalid: () => _('The archive is not a checkpoint, or is damaged.'),
  SubidMissing: () => _('Your account has no range of subordinate ids. Ask an administrator for one.'),
  CgroupUnavailable: () =>
    _('The container has no control group of its own, which this requires. Log in again, or ask an administrator.'),
  LimitUnavailable: () => _('The limit cannot be set, since no control group for it was delegated to you.'),
  StoreUnavailable: () => _('The store cannot be opened.'),
  StoreUnsuitable: () => _('The store cannot be used here.'),
  StoreBusy: () => _('The store is busy. Try again.'),
  StoreCorrupt: () => _('The store is damaged. Run "berth system check --repair" on the host.'),
  DiskFull: () => _('No space is left on the disk. What had begun was undone.'),
  TaskNotFound: () => _('The task is no longer in the list.'),
  TaskLimit: naming(
    'limit',
    () => _('{limit} tasks are running already. Wait for one of them to end, or cancel one.'),
    () => _('Too many tasks are running already. Wait for one of them to end, or cancel one.'),
  ),
  TaskInterrupted: () => _('The process that ran the task ended before it was done. Start it again.'),
  EngineUnreachable: () => _('The engine does not answer.'),
  Internal: () => _('An internal error occurred.'),
}
