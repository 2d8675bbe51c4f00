typedef _Bool bool;
typedef signed char __s8, s8, int8_t;
typedef unsigned char __u8, u8, uint8_t, uchar;
typedef short __s16, s16, int16_t;
typedef unsigned short __u16, u16, uint16_t, __be16, __le16, umode_t, ushort;
typedef int __s32, s32, int32_t, pid_t, __kernel_pid_t, key_t;
typedef unsigned int __u32, u32, uint32_t, __be32, __le32, uid_t, gid_t, dev_t, uint, gfp_t;
typedef long long __s64, s64, int64_t, loff_t;
typedef unsigned long long __u64, u64, uint64_t, __be64, __le64, sector_t, dma_addr_t, phys_addr_t;
typedef long ssize_t, __kernel_ssize_t, intptr_t, off_t, clock_t, time_t;
typedef unsigned long size_t, __kernel_size_t, uintptr_t, ulong, ino_t;
enum { TASK_COMM_LEN = 16 };
struct trace_entry {
	unsigned short type;
	unsigned char flags;
	unsigned char preempt_count;
	int pid;
};
