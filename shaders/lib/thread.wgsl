// Threads in one line of workgroups: a dispatch has at most 65,535 of them in one direction.
const LINE: u32 = 65535u * 64u;
