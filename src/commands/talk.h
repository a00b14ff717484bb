/* How commands speak on stderr. stdout is the answer, stderr the talk: whatever is said here
 * begins with "plateau: ", has control characters made visible (texts from outside must not steer
 * the reader's terminal), and never mixes with the answer.
 *
 *   talk_error    always; why the command fails
 *   talk_warning  always; what makes the answer weaker than it looks
 *   talk_note     what a person wants to know; not with -q
 *   talk_detail   only with -v
 *
 * `arguments` may be NULL where there are none yet. */
#ifndef COMMANDS_TALK_H
#define COMMANDS_TALK_H

#include "commands/command.h"
#include "report/text_style.h"

struct error;
struct problems;

void talk_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void talk_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void talk_note(const struct arguments *arguments, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void talk_detail(const struct arguments *arguments, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* The problems of an input file, one per line and without the prefix, so that editors find their
 * places; then what err says. Returns EXIT_USAGE. */
enum exit_code talk_problems(const struct problems *problems, const struct error *err);

/* Says what err says and returns code, so that a command ends with: return talk_fail(...). */
enum exit_code talk_fail(enum exit_code code, const struct error *err);

/* A line of an answer on stdout for people, with control characters made visible as in the talk. */
void talk_answer(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the path of a file that was written, as the answer: a line on stdout. On a terminal what
 * would steer it is made visible; a program reads the path as it is. */
void talk_path(const char *path);

/* Whether the stream behind fd may carry colours: --color; auto means a terminal that is not
 * dumb, without NO_COLOR (https://no-color.org). */
bool talk_has_color(const struct arguments *arguments, int fd);

/* Whether progress is to be printed on stderr: --progress; auto means a terminal without -q. */
bool talk_has_progress(const struct arguments *arguments);

/* Columns of the terminal behind fd; COLUMNS where that is set; 80 where neither is known. */
unsigned talk_width(int fd);

/* How an answer for people is written to stdout: as wide, and with the colours and letters, that
 * its reader can take. */
struct text_style talk_style(const struct arguments *arguments);

#endif
