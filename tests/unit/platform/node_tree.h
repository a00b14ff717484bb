/* A tree of files that say what a node is, and what is made of it. Whatever does not work out fails
 * the test at once. */
#ifndef TESTS_NODE_TREE_H
#define TESTS_NODE_TREE_H

#include "platform/capabilities.h"
#include "platform/host.h"

#include <stddef.h>

/* Sockets, nodes, L3 caches and cores of a machine whose second threads are numbered behind all
 * first ones, as Linux does it. */
struct node_tree_machine {
	unsigned sockets;
	unsigned nodes;
	unsigned l3s;
	unsigned cores;
	unsigned threads;
};

char *node_tree_new(void);

void node_tree_remove(char *root);

void node_tree_put_bytes(const char *root, const char *path, const void *bytes, size_t count);

void node_tree_put(const char *root, const char *path, const char *text);

void node_tree_put_machine(const char *root, const struct node_tree_machine *m);

extern const char node_tree_epyc_info[];

/* An SMBIOS structure of type 17: 16 modules would have as many files. */
void node_tree_put_module(const char *root, const char *name, unsigned mib, unsigned type,
                          unsigned speed);

void node_tree_put_epyc(const char *root);

struct host_facts node_tree_describe(const char *root);

#endif
