# shellcheck shell=bash disable=SC2034,SC2154 # the tables and these functions share variables
# Completion of plateau for bash 4.3 and later. The tables behind these functions are made of those
# that plateau reads its command lines by; changes of them belong there.

# The words of the line up to the cursor, without the breaks that readline makes at = and :.
_plateau_words()
{
	local line=${COMP_LINE:0:COMP_POINT} word i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ ${#words[@]} -gt 0 && $line != [[:blank:]]* ]]; then
			line=${line#"$word"}
			words[${#words[@]} - 1]+=$word
		else
			line=${line#"${line%%[![:blank:]]*}"}
			((i < COMP_CWORD)) || word=$line
			line=${line#"$word"}
			words+=("$word")
		fi
	done
}

# Files that match one of the patterns, and folders: $1 is the beginning.
_plateau_files()
{
	local begin=${1#[\'\"]} pattern
	begin=${begin//\\/}
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -d -- "$begin")
	for pattern in "${@:2}"; do
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -X "!$pattern" -- "$begin")
	done
}

# Offers what an entry of the tables says ($1), for the beginning of a value ($2).
_plateau_offer()
{
	local kind texts begin=$2 before=
	read -r kind texts <<<"$1"
	read -ra texts <<<"$texts"
	case $kind in
	list)
		before=${begin%"${begin##*,}"}
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "${texts[*]}" -- "${begin##*,}")
		;;
	words) mapfile -t COMPREPLY < <(compgen -W "${texts[*]}" -- "$begin") ;;
	files) _plateau_files "$begin" "${texts[@]}" ;;
	esac
}

# What an option waits for, into value: "" for nothing. Of letters in a row the last can wait.
_plateau_waits()
{
	local word=$2
	if [[ $word == -[!-]?* ]]; then
		_plateau_value "$1" "${word:0:2}"
		[[ $value ]] && value= && return
		word=-${word: -1}
	fi
	_plateau_value "$1" "$word"
}

# What stands at the cursor, behind the words of the command ($1), which end before word $2.
_plateau_arguments()
{
	local command=$1 i value='' open='' operands=0 options
	for ((i = $2; i < ${#words[@]} - 1; i++)); do
		if [[ $value ]]; then
			open=
			[[ $value == many\ * ]] && open=$value
			value=
		elif [[ ${words[i]} == -- ]]; then
			_plateau_rest "$command" $((i + 1))
			return
		elif [[ ${words[i]} == --*=* ]]; then
			open=
		elif [[ ${words[i]} == -?* ]]; then
			open=
			_plateau_waits "$command" "${words[i]}"
		elif [[ ! $open ]]; then
			((operands++))
		fi
	done
	if [[ $value ]]; then
		_plateau_offer "${value#many }" "$cur"
	elif [[ $cur == --*=* ]]; then
		_plateau_value "$command" "${cur%%=*}"
		before=${cur%%=*}=
		_plateau_offer "${value#many }" "${cur#*=}"
	elif [[ $cur == -* ]]; then
		_plateau_options "$command"
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	elif [[ $open ]]; then
		_plateau_offer "${open#many }" "$cur"
	else
		_plateau_operand "$command" "$operands"
		_plateau_offer "$value" "$cur"
	fi
}

# What stands behind "--", which ends before word $2.
_plateau_rest()
{
	_plateau_operand "$1" rest
	if [[ $value != command ]]; then
		_plateau_offer "$value" "$cur"
	elif declare -F _command_offset >/dev/null && ((${#words[@]} - 1 > $2)); then
		local at=0
		while [[ ${COMP_WORDS[at]} != -- ]]; do ((at++)); done
		_command_offset $((at + 1))
	elif ((${#words[@]} - 1 == $2)) && [[ $cur != */* ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	else
		_plateau_files "$cur" '*'
	fi
}

# readline puts in only what is behind the last break (= or :), so the rest goes.
_plateau_trim()
{
	local piece=${COMP_WORDS[COMP_CWORD]} value=${cur#"$before"} i
	[[ $piece == [=:] ]] && piece=
	local gone=${value%"$piece"}
	if [[ $before && $COMP_WORDBREAKS != *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]/#/$before}")
	elif [[ $gone == *[:=] && $piece != "$value" ]]; then
		for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$gone"}; done
	fi
}

_plateau()
{
	local words cur before='' at=1 command second
	COMPREPLY=()
	_plateau_words
	cur=${words[${#words[@]} - 1]}
	[[ ${words[1]} == help && ${#words[@]} -gt 2 ]] && at=2
	if ((${#words[@]} == at + 1)); then
		_plateau_offer "words $_plateau_first" "$cur"
		return
	fi
	command=${words[at]}
	_plateau_second "$command"
	if ((${#words[@]} == at + 2)); then
		[[ $cur == -* ]] || _plateau_offer "words $second" "$cur"
		((at == 1)) || return
	elif [[ " $second " == *" ${words[at + 1]} "* ]]; then
		command+=" ${words[at + 1]}"
		((at++))
	fi
	[[ ${words[1]} == help ]] && return
	local so_far=("${COMPREPLY[@]}")
	_plateau_arguments "$command" $((at + 1))
	_plateau_trim
	COMPREPLY=("${so_far[@]}" "${COMPREPLY[@]}")
}

