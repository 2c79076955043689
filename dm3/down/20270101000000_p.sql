alter table a drop constraint a_i_check;
