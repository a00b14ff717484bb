/* A task that leaves its process group for plateau's and sleeps: signals to its group miss it. */
#include <unistd.h>

int main(void)
{
	if (setpgid(0, getpgid(getppid())) < 0)
		return 1;
	sleep(100);
	return 0;
}
