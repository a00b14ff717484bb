#include "platform/taskstats.h"

#include "model/record.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	REQUEST_BYTES = 128,
	REPLY_BYTES = 4096,
	/* Where the fields are in the kernel's struct taskstats. They have stayed where they are,
	 * but for version 15, which put others between them and was taken back by 16. */
	AT_RUN = 24,
	AT_BLOCK = 40,
	AT_SWAP_IN = 56,
	AT_CPU = 72,
	AT_THRASHING = 336,
	FIRST_WITH_THRASHING = 9,
	LAST_WITH_SWAP_IN_APART = 10,
	DISARRANGED = 15
};

_Static_assert(offsetof(struct taskstats, cpu_delay_total) == AT_RUN, "struct taskstats");
_Static_assert(offsetof(struct taskstats, blkio_delay_total) == AT_BLOCK, "struct taskstats");
_Static_assert(offsetof(struct taskstats, swapin_delay_total) == AT_SWAP_IN, "struct taskstats");
_Static_assert(offsetof(struct taskstats, cpu_run_virtual_total) == AT_CPU, "struct taskstats");

/* A request with one attribute. */
struct request {
	union {
		struct nlmsghdr header;
		char bytes[REQUEST_BYTES];
	};
};

static struct genlmsghdr *general_of(struct request *request)
{
	return (struct genlmsghdr *)(request->bytes + NLMSG_HDRLEN);
}

static int send_request(int fd, uint16_t type, uint8_t command, uint32_t sequence,
                        uint16_t attribute, const void *value, size_t value_bytes)
{
	struct request request = {.bytes = {0}};
	const size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct nlattr head = {.nla_len = (uint16_t)(NLA_HDRLEN + value_bytes),
	                            .nla_type = attribute};
	if (at + NLA_HDRLEN + NLA_ALIGN(value_bytes) > sizeof request)
		return -E2BIG;
	request.header.nlmsg_len = (uint32_t)(at + NLA_HDRLEN + NLA_ALIGN(value_bytes));
	request.header.nlmsg_type = type;
	request.header.nlmsg_flags = NLM_F_REQUEST;
	request.header.nlmsg_seq = sequence;
	general_of(&request)->cmd = command;
	general_of(&request)->version = 1;
	memcpy(request.bytes + at, &head, sizeof head);
	memcpy(request.bytes + at + NLA_HDRLEN, value, value_bytes);
	return send(fd, request.bytes, request.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

/* The attribute of this type among those in [bytes, end), NULL: none. *ret_bytes is the length of
 * its value. */
static const char *find_attribute(const char *bytes, const char *end, uint16_t type,
                                  size_t *ret_bytes)
{
	while (end - bytes >= NLA_HDRLEN) {
		struct nlattr head;
		memcpy(&head, bytes, sizeof head);
		if (head.nla_len < NLA_HDRLEN || head.nla_len > end - bytes)
			return NULL;
		if ((head.nla_type & NLA_TYPE_MASK) == type) {
			*ret_bytes = head.nla_len - (size_t)NLA_HDRLEN;
			return bytes + NLA_HDRLEN;
		}
		if (NLA_ALIGN(head.nla_len) >= end - bytes)
			return NULL;
		bytes += NLA_ALIGN(head.nla_len);
	}
	return NULL;
}

/* The attributes of a reply. Returns 0, the kernel's -errno, -EAGAIN or -EPROTO. */
static int open_reply(const char *reply, size_t reply_bytes, uint32_t sequence,
                      const char **ret_begin, const char **ret_end)
{
	struct nlmsghdr header;
	if (reply_bytes < sizeof header)
		return -EPROTO;
	memcpy(&header, reply, sizeof header);
	if (header.nlmsg_len > reply_bytes)
		return -EPROTO;
	if (header.nlmsg_seq != sequence)
		return -EAGAIN;
	if (header.nlmsg_type == NLMSG_ERROR) {
		int code = 0;
		if (header.nlmsg_len >= NLMSG_HDRLEN + sizeof code)
			memcpy(&code, reply + NLMSG_HDRLEN, sizeof code);
		return code < 0 ? code : -EPROTO;
	}
	if (header.nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return -EPROTO;
	*ret_begin = reply + NLMSG_HDRLEN + GENL_HDRLEN;
	*ret_end = reply + header.nlmsg_len;
	return 0;
}

static int64_t field(const char *stats, size_t stats_bytes, size_t at)
{
	uint64_t value;
	if (at + sizeof value > stats_bytes)
		return RECORD_ABSENT;
	memcpy(&value, stats + at, sizeof value);
	return value > INT64_MAX ? RECORD_ABSENT : (int64_t)value;
}

int taskstats_parse(const void *reply, size_t reply_bytes, uint32_t sequence,
                    struct taskstats_figures *ret_figures)
{
	const char *begin = NULL;
	const char *end = NULL;
	size_t bytes;
	const int r = open_reply(reply, reply_bytes, sequence, &begin, &end);
	if (r < 0)
		return r;
	const char *const both = find_attribute(begin, end, TASKSTATS_TYPE_AGGR_PID, &bytes);
	const char *const stats =
	        both ? find_attribute(both, both + bytes, TASKSTATS_TYPE_STATS, &bytes) : NULL;
	uint16_t version;
	if (!stats || bytes < AT_CPU + sizeof(uint64_t))
		return -EPROTO;
	memcpy(&version, stats, sizeof version);
	if (version == DISARRANGED)
		return -EPROTO;
	const bool has_thrashing = version >= FIRST_WITH_THRASHING;
	*ret_figures = (struct taskstats_figures){
	        .cpu_ns = field(stats, bytes, AT_CPU),
	        .run_ns = field(stats, bytes, AT_RUN),
	        .block_ns = field(stats, bytes, AT_BLOCK),
	        .swap_in_ns = field(stats, bytes, AT_SWAP_IN),
	        .thrashing_ns = has_thrashing ? field(stats, bytes, AT_THRASHING) : RECORD_ABSENT,
	        .is_swap_in_apart = version <= LAST_WITH_SWAP_IN_APART,
	};
	return 0;
}

/* The answer is there when the request has been taken: nothing is waited for. */
static ssize_t receive(int fd, char *reply, size_t reply_bytes)
{
	const ssize_t got = recv(fd, reply, reply_bytes, MSG_DONTWAIT);
	return got < 0 ? -errno : got;
}

static int find_family(int fd, uint16_t *ret_family)
{
	static const char name[] = TASKSTATS_GENL_NAME;
	char reply[REPLY_BYTES];
	const char *begin = NULL;
	const char *end = NULL;
	size_t bytes;
	int r = send_request(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, CTRL_ATTR_FAMILY_NAME, name,
	                     sizeof name);
	if (r < 0)
		return r;
	const ssize_t got = receive(fd, reply, sizeof reply);
	r = got < 0 ? (int)got : open_reply(reply, (size_t)got, 0, &begin, &end);
	if (r < 0)
		return r;
	const char *const id = find_attribute(begin, end, CTRL_ATTR_FAMILY_ID, &bytes);
	if (!id || bytes != sizeof *ret_family)
		return -EPROTO;
	memcpy(ret_family, id, sizeof *ret_family);
	return 0;
}

int taskstats_open(struct taskstats_socket *ret_socket)
{
	struct taskstats_socket opened = {.fd = -1};
	opened.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (opened.fd < 0)
		return -errno;
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK};
	int r = bind(opened.fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
	if (r == 0)
		r = find_family(opened.fd, &opened.family);
	if (r < 0) {
		close(opened.fd);
		return r;
	}
	*ret_socket = opened;
	return 0;
}

void taskstats_close(struct taskstats_socket *socket)
{
	if (socket->fd >= 0)
		close(socket->fd);
	socket->fd = -1;
}

int taskstats_read(struct taskstats_socket *socket, pid_t pid,
                   struct taskstats_figures *ret_figures)
{
	enum { MOST_REPLIES = 4 };
	char reply[REPLY_BYTES];
	const uint32_t number = (uint32_t)pid;
	const uint32_t sequence = ++socket->sequence;
	int r = send_request(socket->fd, socket->family, TASKSTATS_CMD_GET, sequence,
	                     TASKSTATS_CMD_ATTR_PID, &number, sizeof number);
	if (r < 0)
		return r;
	r = -EAGAIN;
	for (int i = 0; r == -EAGAIN && i < MOST_REPLIES; i++) {
		const ssize_t got = receive(socket->fd, reply, sizeof reply);
		if (got < 0)
			return (int)got;
		r = taskstats_parse(reply, (size_t)got, sequence, ret_figures);
	}
	return r;
}
