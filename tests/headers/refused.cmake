# refused: refused.c compiles as it is (WRONG=GOOD) and does not with the mistake WRONG, which the compiler names.
#
#   cmake -DWRONG=... -DFLAGS=... -DCOMPILER=... -P tests/headers/refused.cmake
cmake_minimum_required(VERSION 3.25)

# What the message must be about, in the words of gcc and of clang.
set(MISSPELT_METHOD "roled")
set(ARGUMENT_MISSING "too few arguments")
set(ARGUMENT_TOO_MANY "too many arguments")
set(ARGUMENT_OF_WRONG_TYPE "rolled_call|const char \\*")
set(HANDLER_OF_WRONG_TYPE "conflicting types for")
set(HANDLER_MISSING "on_pass.*(never defined|not defined|undefined)")
set(METHOD_NOT_ANSWERED "leave_r(pc|un)")
set(TYPE_UNKNOWN "long double")
set(UNKNOWN_BOUND "most")
set(SET_TO_A_CHAR "'char'|‘char’")
set(SET_TO_A_STRUCT "meeple_class")
set(STATE_OF_A_STRUCT "meeple_no_state_")
set(STATE_OF_ANOTHER_STRUCT "meeple_no_state_")
set(STATE_OF_A_SPAN "meeple_no_state_")
set(STATE_OF_A_CUBE "meeple_no_state_")
set(STATE_OF_A_POINTER "meeple_no_state_")
set(STATE_OF_A_POINTER_TO_ROWS "meeple_no_state_")

execute_process(COMMAND ${COMPILER} -std=c11 -Werror -c -o /dev/null -DWRONG_${WRONG} ${FLAGS}
    ${CMAKE_CURRENT_LIST_DIR}/refused.c RESULT_VARIABLE status ERROR_VARIABLE said)
if(WRONG STREQUAL GOOD)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "it must compile, but:\n${said}")
    endif()
elseif(status EQUAL 0)
    message(FATAL_ERROR "${WRONG} compiled")
elseif(NOT said MATCHES "error: [^\n]*(${${WRONG}})")
    message(FATAL_ERROR "${WRONG} was refused for another reason:\n${said}")
endif()
