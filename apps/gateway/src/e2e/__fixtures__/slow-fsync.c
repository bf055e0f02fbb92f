/* Makes every wait for the disk take longer by SLOWER_BY_US; loaded by LD_PRELOAD. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int fsync(int fd) {
  usleep(SLOWER_BY_US);
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  usleep(SLOWER_BY_US);
  return (int)syscall(SYS_fdatasync, fd);
}
