import { constants } from 'node:os'

import type { OciSeccomp } from './oci.ts'

type Rule = OciSeccomp['syscalls'][number]

/**
 * The policy for containers where the host has none, as data of our own: system calls by what they need. It decides as the default
 * profile of Podman does (containers-common, seccomp.json); a test compares every decision with an installed one.
 *
 * What stands in no list gets ENOSYS, so that programs fall back as on an older kernel.
 */
const harmless = `
  _llseek _newselect accept accept4 access adjtimex alarm bind brk capget capset chdir chmod chown chown32 clock_adjtime
  clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 clone
  clone3 close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
  epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2
  fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64
  fdatasync fgetxattr flistxattr flock fork fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstat64 fstatat64
  fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_time64 futimesat get_mempolicy get_robust_list get_thread_area
  getcpu getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer
  getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit
  getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 getxattr inotify_add_watch inotify_init
  inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_setup io_submit ioctl ioprio_get ioprio_set ipc keyctl
  kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr
  llistxattr lremovexattr lseek lsetxattr lstat lstat64 madvise mbind membarrier memfd_create memfd_secret mincore mkdir
  mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 mount mount_setattr move_mount mprotect mq_getsetattr mq_notify
  mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap msgctl msgget msgrcv msgsnd
  msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open open_tree openat openat2 pause pidfd_getfd
  pidfd_open pidfd_send_signal pipe pipe2 pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64
  preadv preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace pwrite64
  pwritev pwritev2 read readahead readlink readlinkat readv reboot recv recvfrom recvmmsg recvmmsg_time64 recvmsg
  remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
  rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max
  sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
  sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select
  semctl semget semop semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_mempolicy
  set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups
  setgroups32 setitimer setns setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid
  setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr shmat shmctl shmdt shmget shutdown sigaltstack signal
  signalfd signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 statfs statfs64 statx symlink symlinkat
  sync sync_file_range syncfs sysinfo syslog tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
  timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
  timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask umount umount2 uname unlink unlinkat unshare utime
  utimensat utimensat_time64 utimes vfork wait4 waitid waitpid write writev`

/** Denied to containers with EPERM, which programs do not mistake for a missing system call. */
const forbidden = `
  bdflush cachestat futex_requeue futex_wait futex_waitv futex_wake io_pgetevents io_pgetevents_time64 kexec_file_load
  kexec_load map_shadow_stack migrate_pages move_pages nfsservctl nice oldfstat oldlstat oldolduname oldstat olduname
  pciconfig_iobase pciconfig_read pciconfig_write sgetmask ssetmask swapoff swapon syscall sysfs uselib userfaultfd ustat vm86
  vm86old vmsplice`

/** Of one kind of machine, by Go's name of it. */
const byMachine: Record<string, string> = {
  amd64: 'arch_prctl modify_ldt',
  arm: 'arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2',
  arm64: 'arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2',
  ppc64le: 'swapcontext sync_file_range2',
  riscv64: 'riscv_flush_icache',
  s390x: 's390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr',
}

/** Allowed with a capability (capabilities(7)); without it EPERM. */
const byCapability: Record<string, string> = {
  CAP_DAC_READ_SEARCH: 'open_by_handle_at',
  CAP_SYS_ADMIN: 'fanotify_init lookup_dcookie quotactl quotactl_fd setdomainname sethostname setns',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module finit_module init_module query_module',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp process_madvise',
  CAP_SYS_RAWIO: 'ioperm iopl',
  CAP_SYS_TIME: 'clock_settime clock_settime64 settimeofday stime',
  CAP_SYS_TTY_CONFIG: 'vhangup',
}

/** Where capabilities are asked for one by one: rules in the order in which a runtime gets them. */
const special: readonly ((has: (capability: string) => boolean) => Rule[])[] = [
  (has) => [
    ...(has('CAP_SYS_ADMIN') ? [allow('bpf')] : []),
    ...(has('CAP_SYS_ADMIN') || has('CAP_BPF') ? [] : [refuse('bpf')]),
    ...(has('CAP_BPF') ? [allow('bpf')] : []),
  ],
  (has) => [
    ...(has('CAP_SYS_ADMIN') ? [] : [refuse('perf_event_open')]),
    ...(has('CAP_PERFMON') ? [allow('perf_event_open')] : []),
  ],
  // Sockets of the audit system (AF_NETLINK, NETLINK_AUDIT) are for who may write to its log.
  (has) =>
    has('CAP_AUDIT_WRITE')
      ? [allow('socket')]
      : [
          { names: ['socket'], action: 'SCMP_ACT_ERRNO', errnoRet: EINVAL, args: [argument(0, 'EQ', 16), argument(2, 'EQ', 9)] },
          { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [argument(2, 'NE', 9)] },
          { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [argument(0, 'NE', 16)] },
        ],
]

/** PER_LINUX, PER_LINUX32, both with UNAME26, and the question which it is (personality(2)). */
const personalities = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff]

const subArchitectures: Record<string, string[]> = {
  SCMP_ARCH_X86_64: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  SCMP_ARCH_AARCH64: ['SCMP_ARCH_ARM'],
  SCMP_ARCH_S390X: ['SCMP_ARCH_S390'],
}

const { EINVAL, ENOSYS, EPERM } = constants.errno

/**
 * The filter of the built-in policy.
 *
 * @param machine Go's and libseccomp's name of the architecture.
 */
export function builtInSeccomp(capabilities: readonly string[], machine: { go: string; seccomp: string }): OciSeccomp {
  const has = (capability: string) => capabilities.includes(capability)
  const nested = subArchitectures[machine.seccomp]
  const own = byMachine[machine.go]
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    ...(nested ? { architectures: [machine.seccomp, ...nested] } : {}),
    syscalls: [
      refuse(forbidden),
      allow(harmless),
      ...personalities.map((value) => ({ ...allow('personality'), args: [argument(0, 'EQ', value)] })),
      ...(own ? [allow(own)] : []),
      ...Object.entries(byCapability).map(([capability, names]) => (has(capability) ? allow(names) : refuse(names))),
      ...special.flatMap((rules) => rules(has)),
    ],
  }
}

function allow(names: string): Rule {
  return { names: names.trim().split(/\s+/), action: 'SCMP_ACT_ALLOW' }
}

function refuse(names: string): Rule {
  return { names: names.trim().split(/\s+/), action: 'SCMP_ACT_ERRNO', errnoRet: EPERM }
}

function argument(index: number, op: 'EQ' | 'NE', value: number) {
  return { index, value, op: `SCMP_CMP_${op}` }
}
