# PLATEAU_PAGES: whether man pages and completions are made, and where completions go.
#
# A program of this build makes them, which a cross build cannot run; a tarball has them, and makes
# them anew only where its sources are kept under git. Sets have_pages.
AC_DEFUN([PLATEAU_PAGES], [
AC_ARG_WITH([bash-completion-dir],
  [AS_HELP_STRING([--with-bash-completion-dir=DIR],
    [where the completion for bash goes, or no (DATADIR/bash-completion/completions)])],
  [], [with_bash_completion_dir=yes])
AS_CASE([$with_bash_completion_dir],
  [yes], [bashcompletiondir='${datadir}/bash-completion/completions'],
  [bashcompletiondir=$with_bash_completion_dir])
AC_SUBST([bashcompletiondir])
AM_CONDITIONAL([WITH_BASH_COMPLETION], [test "x$with_bash_completion_dir" != xno])
AC_ARG_WITH([zsh-completion-dir],
  [AS_HELP_STRING([--with-zsh-completion-dir=DIR],
    [where the completion for zsh goes, or no (DATADIR/zsh/site-functions)])],
  [], [with_zsh_completion_dir=yes])
AS_CASE([$with_zsh_completion_dir],
  [yes], [zshcompletiondir='${datadir}/zsh/site-functions'],
  [zshcompletiondir=$with_zsh_completion_dir])
AC_SUBST([zshcompletiondir])
AM_CONDITIONAL([WITH_ZSH_COMPLETION], [test "x$with_zsh_completion_dir" != xno])
AS_IF([test -f "$srcdir/pages/plateau.1"], [have_pages=yes], [have_pages=no])
make_pages=no
AS_IF([test "x$cross_compiling" != xyes && { test $have_pages = no || test -e "$srcdir/.git"; }],
  [make_pages=yes; have_pages=yes])
AM_CONDITIONAL([MAKE_PAGES], [test $make_pages = yes])
AM_CONDITIONAL([HAVE_PAGES], [test $have_pages = yes])
AS_IF([test $have_pages = no],
  [AC_MSG_WARN([no man pages and completions: a cross build takes them from a tarball (make dist of a native build)])])
])
