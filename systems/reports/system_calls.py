"""The system calls that reading a file takes: memory, files that are open, files to open, the clock, its own end.

By name, as <asm/unistd.h> numbers them on x86_64 and on aarch64; `-` where a machine has none of that name.
"""

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as <linux/audit.h> calls them, and in the order of the table
FREELY = """
read 0 63                   write 1 64              close 3 57               stat 4 -
fstat 5 80                  lstat 6 -               poll 7 -                 lseek 8 62
mmap 9 222                  mprotect 10 226         munmap 11 215            brk 12 214
rt_sigaction 13 134         rt_sigprocmask 14 135   rt_sigreturn 15 139      ioctl 16 29
pread64 17 67               readv 19 65             writev 20 66             access 21 -
sched_yield 24 124          mremap 25 216           madvise 28 233           dup 32 23
nanosleep 35 101            getpid 39 172           exit 60 93               uname 63 160
fcntl 72 25                 getcwd 79 17            readlink 89 -            gettimeofday 96 169
getrlimit 97 163            getrusage 98 165        sysinfo 99 179           times 100 153
getuid 102 174              getgid 104 176          geteuid 107 175          getegid 108 177
getppid 110 173
sigaltstack 131 132         arch_prctl 158 -        gettid 186 178           time 201 -
futex 202 98                sched_getaffinity 204 123                        getdents64 217 61
set_tid_address 218 96      restart_syscall 219 128 fadvise64 221 223        clock_gettime 228 113
clock_getres 229 114        clock_nanosleep 230 115 exit_group 231 94        newfstatat 262 79
readlinkat 267 78           faccessat 269 48        ppoll 271 73             set_robust_list 273 99
getrandom 318 278           membarrier 324 283      statx 332 291            rseq 334 293
faccessat2 439 439
"""
OF_ITSELF = "kill 62 129  tgkill 234 131"  # of no other process: how a program aborts
OPENING = {"open 2 -": 1, "openat 257 56": 2}  # and which of their arguments tells what for


def numbers(table: str, machine: str) -> list[int]:
    words = table.split()
    column = 1 + list(MACHINES).index(machine)
    return [int(number) for number in words[column :: 1 + len(MACHINES)] if number != "-"]
