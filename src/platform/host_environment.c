/* Facts about what stands between this process and the machine: firmware, hypervisor, container,
 * batch system. */
#include "platform/host_read.h"

#include "core/str.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

/* What the firmware of virtual machines calls itself (DMI vendor, product, BIOS vendor). */
static const struct {
	const char *sign;
	const char *name;
} virtual_firmware[] = {
        {"KVM", "KVM"},
        {"OpenStack", "KVM (OpenStack)"},
        {"Amazon EC2", "KVM or Xen (Amazon EC2)"},
        {"Google Compute Engine", "KVM (Google Compute Engine)"},
        {"QEMU", "QEMU"},
        {"VMware", "VMware"},
        {"VMW", "VMware"},
        {"innotek GmbH", "VirtualBox"},
        {"VirtualBox", "VirtualBox"},
        {"Xen", "Xen"},
        {"Bochs", "Bochs"},
        {"Parallels", "Parallels"},
        {"BHYVE", "bhyve"},
        {"Hyper-V", "Hyper-V"},
        {"Virtual Machine", "Hyper-V"},
        {"Nutanix", "KVM (Nutanix AHV)"},
};

static const char *firmware_hypervisor(const struct host_reader *reader)
{
	static const char *const files[] = {"product_name", "sys_vendor", "board_vendor",
	                                    "bios_vendor", "product_version"};
	const char *name = NULL;
	for (size_t f = 0; !name && f < sizeof files / sizeof files[0]; f++) {
		char *const text = host_read_text(reader, NULL, "/sys/class/dmi/id/%s", files[f]);
		for (size_t i = 0;
		     text && !name && i < sizeof virtual_firmware / sizeof virtual_firmware[0]; i++)
			if (strstr(text, virtual_firmware[i].sign))
				name = virtual_firmware[i].name;
		free(text);
	}
	return name;
}

/* x86 processors tell their guests by a flag; where the flag line is there and has it not, the
 * firmware's name does not count (a cloud's bare-metal machine). */
enum guest_flag { GUEST_UNKNOWN, GUEST_NO, GUEST_YES };

static enum guest_flag processor_flag(const struct host_reader *reader)
{
	char *const info = host_read_text(reader, NULL, "/proc/cpuinfo");
	const char *const line = info ? strstr(info, "\nflags\t") : NULL;
	enum guest_flag flag = GUEST_UNKNOWN;
	if (line) {
		const char *const sign = strstr(line + 1, " hypervisor");
		flag = sign && sign < line + 1 + strcspn(line + 1, "\n") ? GUEST_YES : GUEST_NO;
	}
	free(info);
	return flag;
}

/* How hypervisors sign CPUID leaf 0x40000000. */
static const struct {
	const char *sign;
	const char *name;
} signatures[] = {
        {"KVMKVMKVM", "KVM"},       {"Linux KVM Hv", "KVM"},        {"Microsoft Hv", "Hyper-V"},
        {"VMwareVMware", "VMware"}, {"XenVMMXenVMM", "Xen"},        {"bhyve bhyve ", "bhyve"},
        {"TCGTCGTCGTCG", "QEMU"},   {"VBoxVBoxVBox", "VirtualBox"}, {" lrpepyh vr", "Parallels"},
        {"ACRNACRNACRN", "ACRN"},
};

static const char *processor_hypervisor(const struct host_reader *reader)
{
	const char *name = NULL;
#if defined(__x86_64__) || defined(__i386__)
	unsigned most;
	unsigned words[3];
	char sign[sizeof words + 1] = "";
	if (!reader->is_live)
		return NULL;
	__cpuid(0x40000000, most, words[0], words[1], words[2]);
	memcpy(sign, words, sizeof words);
	for (size_t i = 0; !name && i < sizeof signatures / sizeof signatures[0]; i++)
		if (strcmp(sign, signatures[i].sign) == 0)
			name = signatures[i].name;
	(void)most;
#else
	(void)reader;
	(void)signatures;
#endif
	return name;
}

/* Its name, or NULL; *type is what may have to be freed. */
static const char *hypervisor_name(const struct host_reader *reader, char **type)
{
	const enum guest_flag flag = processor_flag(reader);
	*type = host_read_text(reader, NULL, "/sys/hypervisor/type");
	const char *name = *type && **type ? *type : NULL;
	if (!name && flag != GUEST_NO)
		name = firmware_hypervisor(reader);
	if (!name && flag == GUEST_YES)
		name = processor_hypervisor(reader);
	if (!name && flag == GUEST_YES)
		name = "unnamed (the processor's flags say that there is one)";
	return name;
}

bool host_is_guest(const struct host_reader *reader)
{
	char *type;
	const bool is_guest = hypervisor_name(reader, &type) != NULL;
	free(type);
	return is_guest;
}

static void add_hypervisor(struct host_reader *reader)
{
	char *type;
	host_add(reader, "hypervisor", hypervisor_name(reader, &type), "no sign of one");
	free(type);
}

static const struct {
	const char *path;
	const char *name;
} container_files[] = {
        {"/run/.containerenv", "podman"},
        {"/.dockerenv", "docker"},
        {"/.singularity.d", "apptainer"},
};

static const struct {
	const char *variable;
	const char *name;
} container_variables[] = {
        {"APPTAINER_NAME", "apptainer"},
        {"SINGULARITY_NAME", "apptainer"},
        {"KUBERNETES_SERVICE_HOST", "kubernetes"},
        {"SHIFTER_RUNTIME", "shifter"},
};

static void add_container(struct host_reader *reader)
{
	cleanup_str struct str found = {0};
	char *const systemd = host_read_text(reader, NULL, "/run/systemd/container");
	if (systemd && *systemd)
		str_add(&found, systemd);
	free(systemd);
	for (size_t i = 0; i < sizeof container_files / sizeof container_files[0]; i++)
		if (host_has_file(reader, container_files[i].path) &&
		    !strstr(str_text(&found), container_files[i].name))
			str_addf(&found, "%s%s", found.length ? ", " : "", container_files[i].name);
	for (size_t i = 0; i < sizeof container_variables / sizeof container_variables[0]; i++)
		if (reader->is_live && getenv(container_variables[i].variable) &&
		    !strstr(str_text(&found), container_variables[i].name))
			str_addf(&found, "%s%s", found.length ? ", " : "",
			         container_variables[i].name);
	host_add(reader, "container", found.length ? str_text(&found) : NULL, "no sign of one");
}

void host_probe_environment(struct host_reader *reader)
{
	host_add_file(reader, "bios_version", "/sys/class/dmi/id/bios_version");
	host_add_file(reader, "system_vendor", "/sys/class/dmi/id/sys_vendor");
	host_add_file(reader, "system_product", "/sys/class/dmi/id/product_name");
	add_hypervisor(reader);
	add_container(reader);
	const char *const job = reader->is_live ? getenv("SLURM_JOB_ID") : NULL;
	host_add(reader, "slurm_job_id", job,
	         reader->is_live ? "not run as a Slurm job" : "not recorded");
}
