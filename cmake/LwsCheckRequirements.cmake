# SPDX-License-Identifier: MIT
#
# What the CMake files of libwebsockets' example programs ask of the installed
# library. Each macro stops the configuration if it is not met.

include(CheckCSourceCompiles)
include(CheckIncludeFile)

# require_lws_config(NAME WANTED RESULT): the library has (WANTED 1) or lacks
# (WANTED 0) the feature NAME of lws_config.h. RESULT itself is left as it is.
macro(require_lws_config _lws_name _lws_wanted _lws_result)
  set(_lws_saved "${CMAKE_REQUIRED_INCLUDES}")
  list(APPEND CMAKE_REQUIRED_INCLUDES ${LIBWEBSOCKETS_INCLUDE_DIRS})
  check_c_source_compiles("#include <libwebsockets.h>
#if !defined(${_lws_name})
#error no
#endif
int main(void) { return 0; }" HAS_${_lws_name})
  set(CMAKE_REQUIRED_INCLUDES "${_lws_saved}")
  if(${_lws_wanted} AND NOT HAS_${_lws_name})
    message(FATAL_ERROR "this project needs ${_lws_name}, which this libwebsockets does not have")
  elseif(NOT ${_lws_wanted} AND HAS_${_lws_name})
    message(FATAL_ERROR "this project needs a libwebsockets without ${_lws_name}")
  endif()
endmacro()

# require_pthreads(RESULT): sets PTHREAD_LIB to what to link with.
macro(require_pthreads _lws_result)
  check_include_file(pthread.h LWS_HAVE_PTHREAD_H)
  if(NOT LWS_HAVE_PTHREAD_H)
    message(FATAL_ERROR "this project needs POSIX threads")
  endif()
  set(PTHREAD_LIB pthread)
endmacro()
