package io.correio.tests.proof;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * CPU that groups of this process's threads have used, in nanoseconds.
 *
 * @param loop threads {@code loop-…}
 * @param log threads {@code log-…}
 * @param client the thread that asks
 * @param others the rest: collector, compiler, cleaner
 */
record ThreadCpu(long loop, long log, long client, long others) {
  static final ThreadCpu NONE = new ThreadCpu(0, 0, 0, 0);

  /** What has been used up to now. */
  static ThreadCpu now() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long loop = 0;
    long log = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread == null) {
        continue;
      }
      long nanos = Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
      if (thread.getThreadName().startsWith("loop-")) {
        loop += nanos;
      } else if (thread.getThreadName().startsWith("log-")) {
        log += nanos;
      }
    }
    long client = threads.getCurrentThreadCpuTime();
    long all = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    return new ThreadCpu(loop, log, client, all - loop - log - client);
  }

  ThreadCpu since(ThreadCpu start) {
    return new ThreadCpu(
        loop - start.loop, log - start.log, client - start.client, others - start.others);
  }
}
