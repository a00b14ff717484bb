# What plateau is linked with. Everything is looked for before configure gives up, so that one look at
# its last lines says all that has to be installed, by the names that scripts/setup has for it.

# PLATEAU_LIBRARY(VARIABLE, MODULE, [LEAST-VERSION])
# VARIABLE_CFLAGS and VARIABLE_LIBS by pkg-config, or as they are set in the environment.
AC_DEFUN([PLATEAU_LIBRARY], [
  PKG_CHECK_MODULES([$1], [$2[]m4_ifval([$3], [ >= $3])], [], [
    plateau_found=
    AS_IF([test -n "$PKG_CONFIG"],
      [plateau_found=`"$PKG_CONFIG" --modversion "$2" 2>/dev/null`])
    PLATEAU_MISSING([$2[]m4_ifval([$3], [ >= $3])], [pkg:$2],
      [AS_IF([test -n "$plateau_found"], [plateau_why="found is $plateau_found"],
        [plateau_why="not found"])])])])

# PLATEAU_MISSING(WHAT, KEY, SET-PLATEAU_WHY): notes it. KEY is the word of scripts/setup for it.
AC_DEFUN([PLATEAU_MISSING], [
  plateau_why=
  $3
  plateau_names=`bash "$srcdir/scripts/setup" --names "$2" 2>/dev/null`
  plateau_missing="$plateau_missing
  $1: $plateau_why
      $plateau_names"])

# PLATEAU_STOP_WHEN_MISSING: ends configure when something was noted.
AC_DEFUN([PLATEAU_STOP_WHEN_MISSING], [
  AS_IF([test -n "$plateau_missing"], [
    AS_IF([test -z "$PKG_CONFIG"], [plateau_missing="$plateau_missing
  pkg-config itself, by which libraries are found: not found
      `bash "$srcdir/scripts/setup" --names command:pkg-config 2>/dev/null`"])
    AC_MSG_ERROR([what plateau needs is missing here:
$plateau_missing

scripts/setup installs it, or says what to ask the administrator for. What lies in a folder of
your own is found by PKG_CONFIG_PATH=FOLDER/lib/pkgconfig, or named by HWLOC_CFLAGS and HWLOC_LIBS
(./configure --help). docs/install.md tells how to get a newer library without the administrator.])])])
