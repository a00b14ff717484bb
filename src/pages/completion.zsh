#compdef plateau
# Completion of plateau for zsh. The tables behind these functions are made of those that plateau
# reads its command lines by; changes of them belong there.

# Behind "--" ($2 is its place): a command with words of its own, or what the table says.
_plateau_rest()
{
	local rest
	_plateau_rest_of "$1"
	case $rest in
	command)
		shift $2 words
		((CURRENT -= $2))
		if ((CURRENT == 1)); then
			_command_names -e
		else
			_normal
		fi
		;;
	?*) eval "$rest" ;;
	*) _message 'word' ;;
	esac
}

_plateau()
{
	local curcontext=$curcontext state command
	local -a first second specs
	typeset -A opt_args
	integer at=2 dash
	[[ $words[2] == help ]] && ((CURRENT > 2)) && at=3
	if ((CURRENT == at)); then
		_plateau_first
		_describe -t commands 'command' first
		((at == 3)) || _arguments '--help[print help]' '--version[print the version]'
		return
	fi
	command=$words[at]
	_plateau_second "$command"
	if ((CURRENT == at + 1)) && [[ $words[CURRENT] != -* ]]; then
		(($#second)) && _describe -t commands 'command' second
	elif ((${second[(I)${words[at + 1]}:*]})); then
		command+=" $words[at + 1]"
		((at++))
	fi
	[[ $words[2] == help ]] && return
	dash=${words[(i)--]}
	if ((dash > at && dash < CURRENT)); then
		_plateau_rest "$command" $dash
		return
	fi
	shift $((at - 1)) words
	((CURRENT -= at - 1))
	_plateau_specs "$command"
	(($#specs)) && _arguments -s -S $specs
}

