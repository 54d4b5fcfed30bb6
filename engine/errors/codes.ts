/**
 * Every way an engine operation can fail, and the one place where a failure gets its HTTP status.
 * `docs/errors.md` has a line for each; `test/architecture.test.ts` keeps the two in step.
 */
export const errorStatus = {
  // The request itself
  InvalidArgument: 400,
  UnknownField: 400,
  TooLarge: 413,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotSupported: 501,
  Cancelled: 499,
  AccessDenied: 403,

  // Containers, pods, exec sessions
  ContainerNotFound: 404,
  ContainerExists: 409,
  ContainerStateInvalid: 409,
  ContainerAlreadyStarted: 304,
  ContainerAlreadyStopped: 304,
  ContainerInUse: 409,
  ContainerDependency: 409,
  ContainerNotMounted: 409,
  HealthcheckMissing: 409,
  PodNotFound: 404,
  PodExists: 409,
  PodStateInvalid: 409,
  PodHasContainers: 409,
  PodAlreadyStarted: 304,
  PodAlreadyStopped: 304,
  NameInvalid: 400,
  NameInUse: 409,
  NameAmbiguous: 409,
  ExecNotFound: 404,
  ExecStateInvalid: 409,
  ProcessNotFound: 404,
  PathNotFound: 404,
  CommandNotFound: 400,
  CommandNotExecutable: 400,
  RootfsInvalid: 400,
  WaitTimeout: 408,
  MountSourceNotFound: 404,
  StopTimeout: 500,

  // Images, registries, layers
  ImageNotFound: 404,
  ImageInUse: 409,
  ImageExists: 409,
  ImageNotMounted: 409,
  SignatureRejected: 403,
  SignatureInvalid: 403,
  PolicyInvalid: 500,
  LoginNotFound: 404,
  CredentialHelperFailed: 500,
  ImageReferenceInvalid: 400,
  ImageNameUnqualified: 400,
  ImageUnknown: 404,
  ImagePlatformMissing: 404,
  RegistryUnreachable: 502,
  RegistryCertificate: 502,
  RegistryUnauthorized: 401,
  RegistryBlocked: 403,
  RegistryProtocol: 502,
  RegistryThrottled: 429,
  ManifestInvalid: 502,
  DigestMismatch: 502,
  SizeMismatch: 502,
  LayerInvalid: 502,
  ArchiveInvalid: 400,
  LayerNotFound: 404,
  LayerInUse: 409,
  StoreReadOnly: 409,

  // Volumes and networks
  VolumeNotFound: 404,
  VolumeExists: 409,
  VolumeInUse: 409,
  NetworkNotFound: 404,
  NetworkExists: 409,
  NetworkInUse: 409,
  NetworkFailed: 500,
  PortInUse: 409,
  AddressExhausted: 409,

  // Secrets
  SecretNotFound: 404,
  SecretExists: 409,
  SecretDriverFailed: 500,

  // Tasks
  TaskNotFound: 404,
  TaskLimit: 429,
  TaskInterrupted: 500,

  // Host and store
  ProgramMissing: 500,
  ProgramFailed: 500,
  RuntimeFailed: 500,
  MonitorFailed: 500,
  CheckpointFailed: 500,
  CheckpointNeedsRoot: 501,
  CheckpointInvalid: 400,
  CheckpointPrivileged: 403,
  SubidMissing: 500,
  CgroupUnavailable: 500,
  LimitUnavailable: 409,
  StoreUnavailable: 500,
  StoreUnsuitable: 500,
  StoreBusy: 503,
  StoreCorrupt: 500,
  DiskFull: 507,
  EngineUnreachable: 503,
  Internal: 500,
} as const satisfies Record<string, number>

/** The stable name of a failure. Callers switch on it and never on text. */
export type ErrorCode = keyof typeof errorStatus

/** Every {@link ErrorCode}, in the order of the table. */
export const errorCodes = Object.keys(errorStatus) as ErrorCode[]

/** Whether `value` names a failure this engine knows. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorStatus, value)
}
